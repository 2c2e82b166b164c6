import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readConfiguration } from '#ca/config/configuration';
import { keyBackups } from '#ca/config/key-backups';
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { encodePem } from '#pki/asn1/pem';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { openPfx } from '#pki/pkcs12/open';
import type { AuthorityWorld } from '#test/support/authority-world';
import { cspCa, keyState, migrationPorts, SOFTWARE_KSP, STRONG } from '#test/support/csp-ca';
import { openssl, verifyCertificate } from '#test/support/openssl';
import { archivalRequest, newKey, pkcs10 } from '#test/support/requester';
import { readJournal } from './journal.ts';
import { beginMove, type Move, resumeMove, undoMove } from './migrate-keys.ts';
import type { MigrationPorts } from './ports.ts';
import { preflight } from './preflight.ts';

const PASSWORD = 'moving house';

function moveOf(ports: MigrationPorts, steps: string[] = []): Move {
  return { ports, subject: 'CONTOSO\\Administrator', progress: (step) => void steps.push(step) };
}

async function planned(ports: MigrationPorts, to: string, hash?: string, folder = 'backup') {
  const backup = join(ports.places.home, folder, 'Contoso CA.p12');
  const { plan, findings } = await preflight(ports, { to, backup, hash });
  assert.deepEqual(
    findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  return { plan: plan!, options: { backup, wipesBackup: false, password: PASSWORD } };
}

async function move(ports: MigrationPorts, to: string, hash?: string): Promise<string> {
  const { plan, options } = await planned(ports, to, hash);
  assert.deepEqual(await beginMove(moveOf(ports), plan, options), []);
  return options.backup;
}

const ownKeysOf = (world: AuthorityWorld) =>
  world.authority.certificates.map(({ key }) => `${key?.provider}: ${key?.container}, KeySpec ${key?.keySpec}`);

describe('a CA with three keys, one of whose certificates has ended', () => {
  test('all of them move to a key storage provider, with both settings, and the CA goes on', async (t) => {
    const world = await cspCa();
    t.after(() => world.close());
    await world.publishArchivalTemplate();
    await world.enrollAgents(['kra1'], 1);
    const old = await (await world.as('alice')).exchangeCertificate();
    const waiting = await archivalRequest(engine, await newKey(engine), old.certificate, 'ArchiveEFS');
    const keysBefore = world.authority.certificates.map(({ key }) => formatHex(key!.publicKey));
    const backup = await move(migrationPorts(world), 'KSP');
    await world.restart();
    assert.deepEqual(ownKeysOf(world), [
      `${SOFTWARE_KSP}: Contoso CA, KeySpec 0`,
      `${SOFTWARE_KSP}: Contoso CA(1), KeySpec 0`,
      `${SOFTWARE_KSP}: Contoso CA(2), KeySpec 0`,
    ]);
    assert.deepEqual(
      world.authority.certificates.map(({ key }) => formatHex(key!.publicKey)),
      keysBefore,
    );
    const left = await world.ports.providers.byName(STRONG).listContainers();
    assert.deepEqual(
      left.filter((name) => !name.includes('-Xchg(')),
      [],
    );
    const configuration = await readConfiguration(world.ports.database);
    const settings = (path: string, ...names: string[]) =>
      names.map((name) => configuration.value(name, path)?.data ?? null);
    // Facts: "CSP registry before and after the migration".
    assert.deepEqual(
      settings('CSP', 'ProviderType', 'Provider', 'HashAlgorithm', 'CNGPublicKeyAlgorithm', 'CNGHashAlgorithm'),
      [0, SOFTWARE_KSP, 0xffffffff, 'RSA', 'SHA1'],
    );
    assert.deepEqual(
      settings(
        'EncryptionCSP',
        'ProviderType',
        'Provider',
        'EncryptionAlgorithm',
        'CNGEncryptionAlgorithm',
        'SymmetricKeySize',
      ),
      [0, SOFTWARE_KSP, 0xffffffff, '3DES', 168],
    );
    assert.equal(statSync(backup).mode & 0o777, 0o600);
    assert.equal(await readJournal(migrationPorts(world).places), undefined);
    // What was sealed before the move opens; what is issued after it verifies, on the CRL of its key.
    const alice = await world.as('alice');
    assert.equal((await alice.submit({ request: waiting, attributes: '' })).disposition, 'issued');
    const { certificate } = await alice.submit({
      request: await pkcs10(engine, await newKey(engine)),
      attributes: 'CertificateTemplate:EFS',
    });
    const crl = new Uint8Array(readFileSync(join(world.folder, 'CertEnroll', 'Contoso CA(2).crl')));
    const ca = world.authority.current.certificate.raw;
    assert.match(verifyCertificate(certificate!, ca, world.now, crl), /: OK$/m);
    // The key is of a kind now that SHA-2 needs.
    await (await world.as('Administrator')).setRegistry({
      path: 'CSP',
      name: 'CNGHashAlgorithm',
      value: { type: 'REG_SZ', data: 'SHA256' },
    });
    await world.restart();
    assert.equal(world.authority.current.scheme.digest, 'sha256');
  });

  test('the backup opens elsewhere and has every key and certificate', async (t) => {
    const world = await cspCa();
    t.after(() => world.close());
    const backup = await move(migrationPorts(world), SOFTWARE_KSP, 'SHA256');
    const pem = openssl(['pkcs12', '-in', '{pfx}', '-passin', `pass:${PASSWORD}`, '-nodes'], {
      pfx: new Uint8Array(readFileSync(backup)),
    });
    assert.equal(pem.match(/BEGIN PRIVATE KEY/g)?.length, 3);
    assert.equal(pem.match(/BEGIN CERTIFICATE/g)?.length, 3);
    for (const { certificate } of world.authority.certificates) {
      const body = encodePem('CERTIFICATE', certificate.raw, { lineEnding: '\n' }).trim();
      assert.ok(pem.includes(body));
    }
    assert.match(pem, /Microsoft CSP Name: Microsoft Strong Cryptographic Provider/);
    await world.restart();
    assert.equal(world.authority.current.scheme.digest, 'sha256');
  });

  test('there and back again, and from one CSP to another', async (t) => {
    const world = await cspCa();
    t.after(() => world.close());
    const ports = migrationPorts(world);
    const before = await keyState(world);
    await move(ports, 'KSP');
    const { plan, options } = await planned(ports, STRONG, undefined, 'second');
    await beginMove(moveOf(ports), plan, options);
    const settingsApart = (state: unknown) => ({ ...(state as object), settings: undefined });
    assert.deepEqual(settingsApart(await keyState(world)), settingsApart(before));
    await world.restart();
    assert.equal(world.authority.current.scheme.digest, 'sha1');
    const next = await planned(ports, 'Microsoft Enhanced RSA and AES Cryptographic Provider', 'SHA256', 'third');
    await beginMove(moveOf(ports), next.plan, next.options);
    await world.restart();
    assert.equal(world.authority.current.scheme.digest, 'sha256');
    assert.match(
      ownKeysOf(world)[0]!,
      /^Microsoft Enhanced RSA and AES Cryptographic Provider: Contoso CA-[0-9a-f]{8}, KeySpec 2$/,
    );
  });

  test('a plan changes nothing', async (t) => {
    const world = await cspCa();
    t.after(() => world.close());
    const before = await world.state();
    await planned(migrationPorts(world), 'KSP');
    assert.deepEqual(await world.state(), before);
  });

  test('the backup goes where it is not wanted to stay', async (t) => {
    const world = await cspCa({}, { ended: false });
    t.after(() => world.close());
    const ports = migrationPorts(world);
    const { plan, options } = await planned(ports, 'KSP');
    await beginMove(moveOf(ports), plan, { ...options, wipesBackup: true });
    assert.equal(existsSync(options.backup), false);
  });
});

/** The ports with something that fails once it has been asked `count` times. */
function failing(
  ports: MigrationPorts,
  method: 'importKey' | 'sign' | 'setProperty' | 'commit',
  count: number,
): MigrationPorts {
  let asked = 0;
  const fail = () => {
    if (++asked >= count) throw hresult('ERROR_DISK_FULL', 'The disk is full.');
  };
  const over = <T extends object>(object: T, methods: Partial<T>): T =>
    new Proxy(object, {
      get(target, name) {
        const value: unknown = Reflect.get(name in methods ? methods : target, name);
        return typeof value === 'function' ? value.bind(name in methods ? methods : target) : value;
      },
    });
  let works = true;
  const guard = () => {
    if (!works) return;
    try {
      fail();
    } catch (error) {
      // It fails once: what takes it all back is not kept from it.
      works = false;
      throw error;
    }
  };
  const { providers, database, certificateStores } = ports;
  const hookProvider = (provider: ReturnType<typeof providers.byName>) =>
    over(provider, {
      importKey: (pkcs8, key) => {
        if (method === 'importKey') guard();
        return provider.importKey(pkcs8, key);
      },
      openKey: async (container, keySpec) => {
        const key = await provider.openKey(container, keySpec);
        if (method !== 'sign') return key;
        return over(key, {
          sign: async (scheme, data) => {
            guard();
            return key.sign(scheme, data);
          },
        });
      },
    });
  return {
    ...ports,
    providers: over(providers, { byName: (name) => hookProvider(providers.byName(name)) }),
    database: over(database, {
      commit: async (unit) => {
        if (method === 'commit') guard();
        return database.commit(unit);
      },
    }),
    certificateStores: over(certificateStores, {
      open: (name) => {
        const store = certificateStores.open(name);
        return over(store, {
          setProperty: async (entry, property, value) => {
            if (method === 'setProperty') guard();
            return store.setProperty(entry, property, value);
          },
        });
      },
    }),
  };
}

describe('keys that are there already and may not leave', () => {
  async function reimported(world: AuthorityWorld, container: string): Promise<void> {
    const [from, to] = [STRONG, SOFTWARE_KSP].map((name) => world.ports.providers.byName(name));
    const key = await from!.openKey(container, 2);
    const pkcs8 = await key.exportPkcs8();
    key.close();
    await from!.deleteKey(container);
    (await to!.importKey(pkcs8, { container, keySpec: 0, policy: { exportable: false, archivable: false } })).close();
    const my = migrationPorts(world).certificateStores.open('My');
    for (const entry of await my.list()) {
      const { keyProvInfo } = entry.properties;
      if (keyProvInfo?.container !== container) continue;
      const place = { provider: SOFTWARE_KSP, providerType: 0, keySpec: 0 } as const;
      await my.setProperty(entry, 'keyProvInfo', { ...keyProvInfo, ...place });
    }
  }

  test('the others move, and the backup has these', async (t) => {
    const world = await cspCa();
    t.after(() => world.close());
    await reimported(world, 'Contoso CA(1)');
    const ports = migrationPorts(world);
    const { plan, options } = await planned(ports, 'KSP');
    const certificates = world.authority.certificates.map(({ certificate }) => certificate.raw);
    assert.deepEqual(await beginMove(moveOf(ports), plan, options), []);
    await world.restart();
    assert.ok(ownKeysOf(world).every((key) => key.startsWith(SOFTWARE_KSP)));
    const opened = await openPfx(new Uint8Array(readFileSync(options.backup)), PASSWORD, engine);
    assert.equal(opened.keys.length, 2);
    assert.equal(opened.certificates.length, certificates.length);
    const backedUp = [...keyBackups(await readConfiguration(world.ports.database)).keys()];
    assert.equal(backedUp.length, 2);
    assert.deepEqual(backedUp.sort(), [...plan.backedUp].sort());
  });

  test('settings alone: no backup, and nobody is asked for its password', async (t) => {
    const world = await cspCa({}, { ended: false });
    t.after(() => world.close());
    await reimported(world, 'Contoso CA');
    const ports = migrationPorts(world);
    const { plan, options } = await planned(ports, 'KSP', 'SHA256');
    assert.deepEqual([plan.keys, plan.backedUp], [[], []]);
    const steps: string[] = [];
    assert.deepEqual(await beginMove(moveOf(ports, steps), plan, { ...options, password: '' }), []);
    assert.equal(steps.includes('backup opened'), false);
    assert.equal(existsSync(options.backup), false);
    assert.equal((await readConfiguration(world.ports.database)).string('CNGHashAlgorithm', 'CSP'), 'SHA256');
  });
});

describe('a move that fails is taken back whole', () => {
  for (const [method, count, where] of [
    ['importKey', 1, 'the first copy'],
    ['importKey', 3, 'the last copy'],
    ['sign', 2, 'the proof of the first copy'],
    ['setProperty', 2, 'the second certificate'],
    ['commit', 1, 'the settings'],
    ['sign', 9, 'the proof of the CA'],
    ['commit', 4, 'the test certificate'],
  ] as const) {
    test(where, async (t) => {
      const world = await cspCa();
      t.after(() => world.close());
      const before = await keyState(world);
      const steps: string[] = [];
      const ports = failing(migrationPorts(world), method, count);
      const { plan, options } = await planned(migrationPorts(world), 'KSP');
      await assert.rejects(beginMove(moveOf(ports, steps), plan, options), { symbol: 'ERROR_DISK_FULL' });
      assert.ok(steps.includes('copies removed'), steps.join());
      assert.deepEqual(await keyState(world), before);
      assert.equal(existsSync(options.backup), false);
      assert.equal(existsSync(ports.places.journal), false);
      await world.restart();
      assert.equal(world.authority.current.key.provider, STRONG);
    });
  }

  test('what cannot be taken back at once tells both reasons, and --undo does it later', async (t) => {
    const world = await cspCa({}, { ended: false });
    t.after(() => world.close());
    const before = await keyState(world);
    const ports = migrationPorts(world);
    const { plan, options } = await planned(ports, 'KSP');
    const move: Move = {
      ...moveOf(ports),
      progress: (step) => {
        if (step === 'copied') throw hresult('ERROR_DISK_FULL');
        if (step === 'copies removed') throw hresult('NTE_DEVICE_NOT_READY', 'The token is gone.');
      },
    };
    await assert.rejects(beginMove(move, plan, options), {
      symbol: 'ERROR_BUSY',
      detail: /^The move failed: There is not enough space .*could not be taken back now: .*The token is gone\.$/,
    });
    await undoMove(moveOf(ports));
    assert.deepEqual(await keyState(world), before);
  });

  test('what fails once old keys are deleted is done again, not taken back', async (t) => {
    const world = await cspCa();
    t.after(() => world.close());
    const ports = migrationPorts(world);
    const { plan, options } = await planned(ports, 'KSP');
    const steps: string[] = [];
    const move: Move = {
      ...moveOf(ports),
      progress: (step) => {
        steps.push(step);
        if (step === 'deleted Contoso CA') throw hresult('ERROR_DISK_FULL');
      },
    };
    await assert.rejects(beginMove(move, plan, options), { symbol: 'ERROR_DISK_FULL' });
    await assert.rejects(undoMove(moveOf(ports)), { symbol: 'ERROR_NOT_SUPPORTED' });
    await assert.rejects(beginMoveAgain(ports), { symbol: 'ERROR_BUSY' });
    assert.deepEqual(await resumeMove(moveOf(ports), () => Promise.reject(new Error('not asked for'))), []);
    await world.restart();
    assert.ok(ownKeysOf(world).every((key) => key.startsWith(SOFTWARE_KSP)));
    await assert.rejects(undoMove(moveOf(ports)), { symbol: 'ERROR_NOT_FOUND' });
  });

  async function beginMoveAgain({ places }: MigrationPorts): Promise<void> {
    await (await import('./journal.ts')).requireNoJournal(places);
  }

  for (const by of ['container', 'uniqueName'] as const) {
    test(`an old key that another certificate of the machine names by its ${by} stays, and is told`, async (t) => {
      const world = await cspCa({}, { ended: false });
      t.after(() => world.close());
      const ports = migrationPorts(world);
      const strong = ports.providers.byName(STRONG);
      const [entry] = await ports.certificateStores.open('My').list();
      const [key] = (await strong.listKeys()).filter(({ container }) => container === 'Contoso CA');
      const { certificate } = await (await world.as('alice')).submit({
        request: await pkcs10(engine, await newKey(engine)),
        attributes: 'CertificateTemplate:EFS',
      });
      const keyProvInfo = { ...entry!.properties.keyProvInfo!, container: key![by] };
      await ports.certificateStores.open('AddressBook').add(certificate!, { keyProvInfo });
      const { plan, options } = await planned(ports, 'KSP');
      const kept = await beginMove(moveOf(ports), plan, options);
      assert.deepEqual(
        kept.map(({ place }) => place.container),
        ['Contoso CA'],
      );
      assert.deepEqual(
        (await strong.listContainers()).filter((name) => !name.includes('-Xchg(')),
        ['Contoso CA'],
      );
    });
  }

  test('a damaged journal is no reason to lose anything', async (t) => {
    const world = await cspCa({}, { ended: false });
    t.after(() => world.close());
    const ports = migrationPorts(world);
    const before = await keyState(world);
    writeFileSync(ports.places.journal, '{"step":');
    await assert.rejects(undoMove(moveOf(ports)), { symbol: 'ERROR_INVALID_DATA' });
    assert.deepEqual(await keyState(world), before);
  });
});
