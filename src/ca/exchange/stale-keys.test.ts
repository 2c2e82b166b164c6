import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { AuthorityWorld } from '#test/support/authority-world';
import { hookedPorts } from '#test/support/hooked-ports';
import { revokeIssued, thumbprintOf } from '#test/support/kra-list';
import { archivalRequest, newKey } from '#test/support/requester';
import { readConfiguration } from '../config/configuration.ts';
import { enrollmentFlag } from '../template/flags.ts';
import { exchangeContainerPrefix } from './stale-keys.ts';

const DAY = 86_400_000;

describe('exchange keys that nobody needs', () => {
  let world: AuthorityWorld;

  beforeEach(async () => {
    world = await AuthorityWorld.create();
  });
  afterEach(() => world.close());

  async function exchange(): Promise<Certificate> {
    return decodeCertificate((await (await world.as('alice')).exchangeCertificate()).certificate);
  }

  /** What there is of exchange keys: containers, entries of the My store, hashes in the registry. */
  async function left(): Promise<{ containers: number; entries: number; hashes: readonly string[] }> {
    const prefix = exchangeContainerPrefix(world.authority.sanitizedName);
    let containers = 0;
    for (const provider of world.ports.providers.all)
      containers += (await provider.listContainers()).filter((name) => name.startsWith(prefix)).length;
    const entries = (await world.ports.stores.list('My')).filter(({ key }) => key?.container.startsWith(prefix)).length;
    return { containers, entries, hashes: (await readConfiguration(world.ports.database)).strings('CAXchgCertHash') };
  }

  async function send(to: Certificate) {
    const request = await archivalRequest(engine, await newKey(engine), to.raw, 'ArchiveEFS');
    return (await world.as('alice')).submit({ request, attributes: '' });
  }

  test('kept as long as a damaged entry of the My store may be one of them', async () => {
    const start = world.now.getTime();
    await exchange();
    world.now = new Date(start + 6.5 * DAY);
    const second = await exchange();
    const entries = join(world.folder, 'stores', 'My', 'Certificates');
    const path = join(entries, (await thumbprintOf(world, second.raw)).toUpperCase(), 'certificate.crt');
    writeFileSync(path, 'something else');
    world.now = new Date(start + 7.5 * DAY);
    await world.restart();
    assert.equal((await left()).containers, 2);
    await world.ports.stores.add('My', second.raw);
    await world.restart();
    assert.deepEqual(await left(), { containers: 1, entries: 1, hashes: [await thumbprintOf(world, second.raw)] });
  });

  test('kept while requests may come that are sealed to them, removed when their certificate has ended', async () => {
    const start = world.now.getTime();
    const first = await exchange();
    world.now = new Date(start + 6.5 * DAY);
    const second = await exchange();
    assert.deepEqual(await left(), {
      containers: 2,
      entries: 2,
      hashes: [await thumbprintOf(world, first.raw), await thumbprintOf(world, second.raw)],
    });
    world.now = new Date(start + 7.5 * DAY);
    await world.restart();
    const hashes = [await thumbprintOf(world, second.raw)];
    assert.deepEqual(await left(), { containers: 1, entries: 1, hashes });
    assert.deepEqual((await exchange()).raw, second.raw);
    // A CA that is not restarted for weeks clears up when it makes the next one.
    world.now = new Date(start + 30 * DAY);
    const third = await exchange();
    assert.deepEqual(await left(), { containers: 1, entries: 1, hashes: [await thumbprintOf(world, third.raw)] });
  });

  test('a request that waits is issued with its archived key after its exchange key is gone', async () => {
    await world.enrollAgents(['kra1'], 1);
    await world.publishArchivalTemplate();
    const enrollmentFlags = enrollmentFlag('CT_FLAG_PEND_ALL_REQUESTS');
    await world.addTemplate('ArchiveEFS', 'PendedEFS', { enrollmentFlags });
    await world.publish('PendedEFS');
    const request = await archivalRequest(engine, await newKey(engine), (await exchange()).raw, 'PendedEFS');
    const { requestId, disposition } = await (await world.as('alice')).submit({ request, attributes: '' });
    assert.equal(disposition, 'pending');
    world.now = new Date(world.now.getTime() + 20 * DAY);
    await (await world.as('Administrator')).publishCrl();
    await world.restart();
    assert.equal((await left()).containers, 0);
    const officer = await world.as('Administrator');
    assert.equal((await officer.resubmit(requestId)).disposition, 'issued');
    assert.equal((await officer.getArchivedKey(requestId)).recipients.length, 1);
  });

  test('revoked by somebody: replaced at once, and nothing sealed to it is taken', async () => {
    await world.enrollAgents(['kra1'], 1);
    await world.publishArchivalTemplate();
    const first = await exchange();
    await revokeIssued(world, first.raw);
    const second = await exchange();
    assert.notDeepEqual(second.raw, first.raw);
    assert.equal((await send(first)).statusCode >>> 0, 0x8009100b);
    assert.equal((await send(second)).disposition, 'issued');
    await world.restart();
    assert.deepEqual((await exchange()).raw, second.raw);
    assert.equal((await send(first)).statusCode >>> 0, 0x8009100b);
  });

  test("another CA's exchange certificate is not used, though store and registry name it", async () => {
    const other = await AuthorityWorld.create();
    try {
      const foreign = (await (await other.as('alice')).exchangeCertificate()).certificate;
      const [entry] = (await other.ports.stores.list('My')).filter(({ key }) => key?.container.includes('-Xchg('));
      const provider = world.ports.providers.byName(entry!.key!.provider);
      const key = await provider.createKey({
        container: entry!.key!.container,
        algorithm: { type: 'rsa', modulusLength: 2048 },
        keySpec: entry!.key!.keySpec,
        policy: { exportable: false, archivable: false },
      });
      key.close();
      await world.ports.stores.add('My', foreign, entry!.key);
      const value = { type: 'REG_MULTI_SZ', data: [await thumbprintOf(world, foreign)] } as const;
      await world.ports.database.commit([{ set: 'Registry', path: '', name: 'CAXchgCertHash', value }]);
      await world.restart();
      assert.notDeepEqual((await exchange()).raw, foreign);
      assert.equal((await left()).containers, 1);
    } finally {
      await other.close();
    }
  });

  test('a provider that does not answer keeps the key in the books', async () => {
    const first = await exchange();
    const whole = world.ports;
    world.ports = hookedPorts(whole, {
      openKey: async (container, run) => {
        if (container.includes('-Xchg(')) throw hresult('NTE_DEVICE_NOT_READY');
        return run();
      },
    });
    await world.restart();
    assert.notDeepEqual((await exchange()).raw, first.raw);
    assert.equal((await left()).containers, 2);
    world.ports = whole;
    await world.restart();
    assert.equal((await left()).containers, 2);
    assert.equal((await left()).hashes.length, 2);
  });
});
