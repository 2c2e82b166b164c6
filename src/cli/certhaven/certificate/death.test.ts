/** A process that dies at any step of moving a certificate, or of deleting a key it has exported, loses neither. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { CertificateStores } from '#certstore/ports/certificate-store';
import type { KeyProviders } from '#pki/crypto/key-provider';
import { nodeEngine } from '#pki/crypto/node/engine';
import { computePublicKey, isSamePublicKey } from '#pki/keyblob/public-key-match';
import { openPfx } from '#pki/pkcs12/open';
import { KeyStation } from '#test/support/key-station';
import { type Holder, makeHolder, P256 } from '#test/support/recovery-ca';
import { TranscriptConsole } from '#test/support/transcript';
import type { CerthavenPorts } from '../context.ts';
import { runCerthaven } from '../main.ts';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-death-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let alice: Holder;
before(async () => {
  alice = await makeHolder({ subject: 'CN=alice', role: 'user', parameters: P256 });
});

class Death extends Error {}

/** Lets so many changes through, and then neither a change nor what would take one back. */
class Life {
  #left: number;

  constructor(changes: number) {
    this.#left = changes;
  }

  change(): void {
    if (this.#left-- <= 0) throw new Death();
  }

  /** The same object, its methods of these names counted. */
  watch<T extends object>(target: T, names: readonly (keyof T)[]): T {
    return new Proxy(target, {
      get: (object, name) => {
        const value: unknown = Reflect.get(object, name, object);
        if (typeof value !== 'function') return value;
        const method = value.bind(object) as (...args: unknown[]) => unknown;
        if (!names.includes(name as keyof T)) return method;
        return async (...args: unknown[]) => {
          this.change();
          return method(...args);
        };
      },
    });
  }

  stores(stores: CertificateStores): CertificateStores {
    const watched = stores.all.map((store) => this.watch(store, ['add', 'remove', 'setProperty', 'setPropertyBytes']));
    return { all: watched, open: (name) => watched.find((each) => each.name === stores.open(name).name)! };
  }

  providers(providers: KeyProviders): KeyProviders {
    const byName = (name: string) => this.watch(providers.byName(name), ['importKey', 'deleteKey']);
    return this.watch({ ...providers, byName, all: providers.all.map(({ name }) => byName(name)) }, []);
  }
}

async function runUntilDeath(
  station: KeyStation,
  life: Life,
  words: readonly string[],
  answers: readonly string[] = [],
) {
  const console = life.watch(new TranscriptConsole(folder, answers), ['writeFile']);
  const ports: Partial<CerthavenPorts> = {
    console,
    engine: async () => nodeEngine,
    stores: async (machine) => life.stores(await station.stores(machine)),
    providers: async (machine, passwords) => life.providers(await station.providers(machine, passwords)),
  };
  try {
    assert.equal(await runCerthaven(['certificate', ...words], ports as CerthavenPorts), 0, console.errors);
    return 'ended' as const;
  } catch (error) {
    if (error instanceof Death) return 'died' as const;
    throw error;
  }
}

/** Where the certificate is with its key. */
async function placesOf(station: KeyStation): Promise<string[]> {
  const places: string[] = [];
  for (const machine of [true, false]) {
    for (const { properties } of await (await station.stores(machine)).open('My').list()) {
      const info = properties.keyProvInfo;
      const provider = info && (await station.providers(machine)).byName(info.provider);
      const isThere = provider && (await provider.listContainers()).includes(info!.container);
      if (isThere) places.push(machine ? 'machine' : 'user');
    }
  }
  return places;
}

test('a move is in the one place, in both, or in the other', async () => {
  const seen = new Set<string>();
  for (let changes = 0; ; changes++) {
    const station = new KeyStation();
    await station.install(alice, { machine: false });
    const end = await runUntilDeath(station, new Life(changes), ['move', 'alice', '--to', 'machine']);
    const places = await placesOf(station);
    assert.ok(places.length > 0, `after ${changes} changes nobody has the key`);
    seen.add(places.join(' and '));
    station.remove();
    if (end === 'ended') break;
  }
  assert.deepEqual([...seen].sort(), ['machine', 'machine and user', 'user']);
});

test('a key that is to be deleted is in its provider, or in a file that opens', async () => {
  const ends: boolean[] = [];
  for (let changes = 0; ; changes++) {
    const station = new KeyStation();
    await station.install(alice, { machine: false });
    const file = `alice-${changes}.pfx`;
    const words = ['export', 'alice', file, '--delete-key'];
    const end = await runUntilDeath(station, new Life(changes), words, ['secret-1', 'secret-1']);
    const inProvider = (await placesOf(station)).includes('user');
    if (!inProvider) {
      const { keys } = await openPfx(await readFile(join(folder, file)), 'secret-1', nodeEngine);
      assert.ok(isSamePublicKey(computePublicKey(keys[0]!.pkcs8), alice.key.publicKey));
    }
    ends.push(inProvider);
    station.remove();
    if (end === 'ended') break;
  }
  assert.deepEqual([ends[0], ends.at(-1)], [true, false]);
});
