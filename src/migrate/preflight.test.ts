/**
 * What the readers of document 000 met, found before anything is changed. The number is that of the comment; the single commands
 * that lead to each are in docs/operations/csp-to-ksp.md, and with them what no look beforehand can find: #10 (back to where it
 * was), #11 (web pages with SHA-1), #12 and #20 (which file is restored), #16 (a store name for the file), #22 (the way out of
 * #5), #24 (the CA's own certificate), #26 (a backup refused afterwards).
 */
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { readConfiguration } from '#ca/config/configuration';
import type { RegistryValue } from '#ca/ports';
import type { Finding } from '#doctor/finding';
import { hresult } from '#hresult/hresult-error';
import type { KeyStorageProvider } from '#pki/crypto/key-provider';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { sealPfx } from '#pki/pkcs12/seal';
import type { AuthorityWorld } from '#test/support/authority-world';
import { cspCa, migrationPorts, SOFTWARE_KSP, STRONG } from '#test/support/csp-ca';
import { beginMove } from './migrate-keys.ts';
import { preflight } from './preflight.ts';

describe('what is looked at before a move', () => {
  let world: AuthorityWorld;
  beforeEach(async () => {
    world = await cspCa();
  });
  afterEach(() => world.close());

  const backup = () => join(world.folder, 'backup', 'Contoso CA.p12');
  const look = (to = 'KSP') => preflight(migrationPorts(world), { to, backup: backup() });

  /** The findings of one kind, without what every such CA is told. */
  async function found(severity: Finding['severity'], to?: string): Promise<Finding[]> {
    const before = await world.state();
    const { findings } = await look(to);
    assert.deepEqual(await world.state(), before, 'preflight changes nothing');
    return findings.filter((finding) => finding.severity === severity);
  }

  async function only(severity: Finding['severity'], to?: string): Promise<Finding> {
    const findings = await found(severity, to);
    assert.equal(findings.length, 1, JSON.stringify(findings));
    return findings[0]!;
  }

  async function setting(path: string, name: string, value: RegistryValue): Promise<void> {
    await world.ports.database.commit([{ set: 'Registry', path, name, value }]);
  }

  const sz = (data: string): RegistryValue => ({ type: 'REG_SZ', data });

  /** The key of a certificate taken out of its provider and put elsewhere, or otherwise. */
  async function reimport(
    container: string,
    to: KeyStorageProvider,
    options: { readonly exportable?: boolean; readonly encryptedExport?: boolean } = {},
  ): Promise<void> {
    const from = world.ports.providers.byName(STRONG);
    const key = await from.openKey(container, 2);
    const pkcs8 = await key.exportPkcs8();
    key.close();
    await from.deleteKey(container);
    const policy = { exportable: true, archivable: false, ...options };
    (await to.importKey(pkcs8, { container, keySpec: to.type === 0 ? 0 : 2, policy })).close();
    const my = migrationPorts(world).certificateStores.open('My');
    for (const entry of await my.list()) {
      const { keyProvInfo } = entry.properties;
      if (keyProvInfo?.container !== container) continue;
      const place = { provider: to.name, providerType: to.type, keySpec: to.type === 0 ? 0 : 2 } as const;
      await my.setProperty(entry, 'keyProvInfo', { ...keyProvInfo, ...place });
    }
  }

  const provider = (name: string) => world.ports.providers.byName(name);

  describe('keys', () => {
    test('nothing speaks against a CA that is as it should be', async () => {
      assert.deepEqual(await found('error'), []);
      assert.deepEqual(await found('warning'), []);
    });

    test('#5, #15, #28: a key that is not exportable, 0x8009000b', async () => {
      await reimport('Contoso CA(1)', provider(STRONG), { exportable: false });
      const { symbol, hresult: code, text, cure } = await only('error');
      assert.deepEqual([symbol, code], ['NTE_BAD_KEY_STATE', 0x8009000b]);
      assert.match(text, /Contoso CA\(1\) of CA certificate 1 .*not exportable/);
      assert.match(cure!, /backup.*-renewCert/);
    });

    test('#19: a key that is NOT plain text exportable moves all the same', async () => {
      await reimport('Contoso CA', provider(SOFTWARE_KSP), { exportable: false, encryptedExport: true });
      assert.deepEqual(await found('error', 'Microsoft Enhanced RSA and AES Cryptographic Provider'), []);
      const { plan } = await look('Microsoft Enhanced RSA and AES Cryptographic Provider');
      const move = { ports: migrationPorts(world), subject: 'x', progress: () => undefined };
      assert.deepEqual(await beginMove(move, plan!, { backup: backup(), wipesBackup: false, password: 'p' }), []);
    });

    test('#8, #9, #23: a key that is gone, 0x80090016', async () => {
      await provider(STRONG).deleteKey('Contoso CA(2)');
      const { symbol, hresult: code, text } = await only('error');
      assert.deepEqual([symbol, code], ['NTE_BAD_KEYSET', 0x80090016]);
      assert.match(text, /no container Contoso CA\(2\)/);
    });

    test('#21: a container without the key of that KeySpec, 0x8009000d', async () => {
      const my = migrationPorts(world).certificateStores.open('My');
      for (const entry of await my.list()) {
        const { keyProvInfo } = entry.properties;
        if (keyProvInfo?.container === 'Contoso CA(2)')
          await my.setProperty(entry, 'keyProvInfo', { ...keyProvInfo, keySpec: 1 });
      }
      const { symbol, hresult: code } = await only('error');
      assert.deepEqual([symbol, code], ['NTE_NO_KEY', 0x8009000d]);
    });

    test('#27: a certificate with another key, 0x80090003; one that has ended is cured by "-" in CACertHash', async () => {
      const my = migrationPorts(world).certificateStores.open('My');
      const swap = async (from: string, to: string) => {
        for (const entry of await my.list()) {
          const { keyProvInfo } = entry.properties;
          if (keyProvInfo?.container === from)
            await my.setProperty(entry, 'keyProvInfo', { ...keyProvInfo, container: to });
        }
      };
      await swap('Contoso CA', 'Contoso CA(2)');
      const ended = await only('warning');
      assert.deepEqual([ended.symbol, ended.hresult], ['NTE_BAD_KEY', 0x80090003]);
      assert.match(ended.text, /has ended; AD CS would not start with it/);
      assert.match(ended.cure!, /write "-" for it in CA\\CACertHash/);
      assert.deepEqual(await found('error'), []);
      const hashes = (await readConfiguration(world.ports.database)).strings('CACertHash');
      await setting('', 'CACertHash', { type: 'REG_MULTI_SZ', data: ['-', ...hashes.slice(1)] });
      assert.deepEqual(await found('warning'), []);
    });

    test('#12: only the newest key was moved; the move takes the others', async () => {
      await reimport('Contoso CA(2)', provider(SOFTWARE_KSP));
      for (const path of ['CSP', 'EncryptionCSP']) {
        await setting(path, 'Provider', sz(SOFTWARE_KSP));
        await setting(path, 'ProviderType', { type: 'REG_DWORD', data: 0 });
      }
      const { text, cure } = await only('warning');
      assert.match(text, /keys are in Microsoft Strong .* and Microsoft Software Key Storage Provider/);
      assert.match(cure!, /takes all of them/);
      const { plan } = await look();
      assert.deepEqual(
        plan!.keys.map(({ from }) => from.container),
        ['Contoso CA', 'Contoso CA(1)'],
      );
    });

    test('#21, the second import: a key that lies there already is used, another key is not overwritten', async () => {
      const key = await provider(STRONG).openKey('Contoso CA', 2);
      const pkcs8 = await key.exportPkcs8();
      key.close();
      const policy = { exportable: true, archivable: false };
      const ksp = provider(SOFTWARE_KSP);
      (await ksp.importKey(pkcs8, { container: 'Contoso CA', keySpec: 0, policy })).close();
      const algorithm = { type: 'rsa', modulusLength: 1024 } as const;
      (await ksp.createKey({ container: 'Contoso CA(1)', algorithm, keySpec: 0, policy })).close();
      const { plan, findings } = await look();
      assert.deepEqual(
        findings.filter(({ severity }) => severity === 'error'),
        [],
      );
      assert.deepEqual(
        plan!.keys.map(({ to, isThere }) => [to.container.replace(/-[0-9a-f]{8}$/, '-*'), isThere]),
        [
          ['Contoso CA', true],
          ['Contoso CA(1)-*', false],
          ['Contoso CA(2)', false],
        ],
      );
    });

    test('document 001: KeySpec 2 under a key storage provider is told of for each certificate', async () => {
      for (const container of ['Contoso CA(1)', 'Contoso CA(2)']) await reimport(container, provider(SOFTWARE_KSP));
      const my = migrationPorts(world).certificateStores.open('My');
      for (const entry of await my.list()) {
        const { keyProvInfo } = entry.properties;
        if (keyProvInfo?.provider === SOFTWARE_KSP)
          await my.setProperty(entry, 'keyProvInfo', { ...keyProvInfo, keySpec: 2 });
      }
      const wrong = (await found('warning')).filter(({ symbol }) => symbol === 'NTE_BAD_FLAGS');
      assert.equal(wrong.length, 2);
      const { plan } = await look();
      assert.deepEqual(
        plan!.entries.map(({ before, after }) => [before.keySpec, after.keySpec]),
        [
          [2, 0],
          [2, 0],
          [2, 0],
        ],
      );
    });
  });

  describe('settings', () => {
    test('#20: EncryptionCSP edited and CSP not, or CSP twice: both are written', async () => {
      await setting('EncryptionCSP', 'Provider', sz(SOFTWARE_KSP));
      const { text, symbol } = await only('warning');
      assert.match(text, /CA\\EncryptionCSP\\ProviderType is 1, and Microsoft Software .* type 0/);
      assert.equal(symbol, 'NTE_PROV_TYPE_NO_MATCH');
      const half = (await look()).plan!.settings.find(
        ({ path, name }) => path === 'EncryptionCSP' && name === 'ProviderType',
      );
      assert.deepEqual([half?.before?.data, half?.after.data], [1, 0]);
      await setting('EncryptionCSP', 'Provider', sz(STRONG));
      await setting('CSP', 'Provider', sz(SOFTWARE_KSP));
      await setting('CSP', 'ProviderType', { type: 'REG_DWORD', data: 0 });
      const [key, other] = await found('warning');
      assert.match(key!.text, /CA\\CSP\\Provider is Microsoft Software .* newest key is under Microsoft Strong/);
      assert.match(other!.text, /EncryptionCSP\\Provider Microsoft Strong .*: one of the two was not edited/);
      const { plan } = await look();
      assert.deepEqual(
        plan!.settings.filter(({ name }) => name === 'Provider').map(({ path, after }) => [path, after.data]),
        [['EncryptionCSP', SOFTWARE_KSP]],
      );
    });

    test('#20: the second file under CSP too, or the first one under EncryptionCSP: what lies there is told', async () => {
      await setting('CSP', 'CNGEncryptionAlgorithm', sz('3DES'));
      await setting('CSP', 'SymmetricKeySize', { type: 'REG_DWORD', data: 168 });
      await setting('EncryptionCSP', 'CNGHashAlgorithm', sz('SHA256'));
      assert.deepEqual(
        (await found('warning')).map(({ text, cure }) => [text.split(':')[0], cure!.split(', then ')[1]]),
        [
          [
            'CA\\CSP has CNGEncryptionAlgorithm, SymmetricKeySize, which are values of CA\\EncryptionCSP',
            'certutil -delreg "CA\\CSP\\CNGEncryptionAlgorithm"; certutil -delreg "CA\\CSP\\SymmetricKeySize"',
          ],
          [
            'CA\\EncryptionCSP has CNGHashAlgorithm, which is a value of CA\\CSP',
            'certutil -delreg "CA\\EncryptionCSP\\CNGHashAlgorithm"',
          ],
        ],
      );
    });

    test('archived keys are sealed as before: no provider without the cipher takes EncryptionCSP over', async () => {
      for (const path of ['CSP', 'EncryptionCSP']) {
        await setting(path, 'Provider', sz(SOFTWARE_KSP));
        await setting(path, 'ProviderType', { type: 'REG_DWORD', data: 0 });
      }
      const enhanced = 'Microsoft Enhanced Cryptographic Provider v1.0';
      const { plan, findings } = await look(enhanced);
      assert.deepEqual([...new Set(plan!.settings.map(({ path }) => path))], ['CSP']);
      await setting('EncryptionCSP', 'CNGEncryptionAlgorithm', sz('3DES'));
      assert.ok((await look(enhanced)).plan!.settings.some(({ path }) => path === 'EncryptionCSP'));
      assert.ok(findings.some(({ text }) => /EncryptionCSP\\Provider is Microsoft Software .* stays/.test(text)));
    });

    test('exchange keys stay until their certificates end, and are told of', async () => {
      await (await world.as('alice')).exchangeCertificate();
      const { findings } = await look();
      assert.ok(
        findings.some(({ severity, text }) => severity === 'note' && /exchange key Contoso CA-Xchg/.test(text)),
      );
    });

    test('#7: a CNGHashAlgorithm that the CSP ignored comes into force', async () => {
      assert.equal((await look()).plan!.hash, 'SHA1');
      await setting('CSP', 'CNGHashAlgorithm', sz('SHA256'));
      assert.equal((await look()).plan!.hash, 'SHA256');
    });

    test('a provider that is none', async () => {
      await assert.rejects(look('Acme Provider'), { symbol: 'NTE_KEYSET_NOT_DEF' });
      await setting('EncryptionCSP', 'Provider', sz('Acme Provider'));
      assert.equal((await only('warning')).symbol, 'NTE_KEYSET_NOT_DEF');
    });

    test('a CSP that cannot sign what the CA signs', async () => {
      const plan = { to: 'Microsoft Enhanced Cryptographic Provider v1.0', hash: 'SHA256', backup: backup() };
      const { findings } = await preflight(migrationPorts(world), plan);
      const [error] = findings.filter(({ severity }) => severity === 'error');
      assert.equal(error!.symbol, 'NTE_BAD_ALGID');
    });
  });

  describe('the machine', () => {
    test('a certificate of the CA that has ended keeps it from starting with any key', async () => {
      const { notAfter } = world.authority.current.certificate.tbsCertificate.validity;
      world.now = new Date(notAfter.getTime() - 86_400_000);
      assert.match((await found('warning')).map(({ text }) => text).join(), /ends/);
      world.now = new Date(notAfter.getTime() + 1000);
      const errors = await found('error');
      assert.ok(errors.some(({ symbol, cure }) => symbol === 'CERT_E_EXPIRED' && cure!.includes('-renewCert')));
    });

    test('#6: access denied, to a place that the move writes to', async () => {
      const ports = migrationPorts(world);
      const written = [...ports.places.written, join(world.folder, 'no such folder')];
      const { findings } = await preflight(
        { ...ports, places: { ...ports.places, written } },
        { to: 'KSP', backup: backup() },
      );
      assert.deepEqual(
        findings.filter(({ severity }) => severity === 'error').map(({ symbol }) => symbol),
        ['ERROR_ACCESS_DENIED'],
      );
    });

    test('PFX files that were left over, and a backup that would be published or overwrite one', async () => {
      const pfx = await sealPfx({ keys: [], certificates: [] }, 'p', { algorithm: 'AES256_SHA256' }, engine);
      mkdirSync(join(world.folder, 'old'));
      writeFileSync(join(world.folder, 'old', 'RootCA.p12'), pfx);
      writeFileSync(join(world.folder, 'old', 'notes.pfx'), 'not a PFX');
      const { text, cure } = await only('warning');
      assert.match(text, /old\/RootCA\.p12 holds a PFX/);
      assert.match(cure!, /migrate wipe/);
      const taken = await preflight(migrationPorts(world), {
        to: 'KSP',
        backup: join(world.folder, 'old', 'RootCA.p12'),
      });
      assert.ok(taken.findings.some(({ symbol }) => symbol === 'ERROR_FILE_EXISTS'));
      const published = join(world.folder, 'CertEnroll', 'Contoso CA.p12');
      const open = await preflight(migrationPorts(world), { to: 'KSP', backup: published });
      assert.ok(open.findings.some(({ symbol }) => symbol === 'ERROR_INVALID_NAME'));
      symlinkSync(join(world.folder, 'CertEnroll'), join(world.folder, 'elsewhere'));
      const linked = join(world.folder, 'elsewhere', 'new', 'Contoso CA.p12');
      const hidden = await preflight(migrationPorts(world), { to: 'KSP', backup: linked });
      assert.ok(hidden.findings.some(({ symbol }) => symbol === 'ERROR_INVALID_NAME'));
    });

    test('a renewal that waits for its key', async () => {
      const fail = {
        ...world.ports,
        stores: { ...world.ports.stores, add: () => Promise.reject(hresult('ERROR_DISK_FULL')) },
      };
      const { renewCaCertificate } = await import('#ca/renew/renew');
      const admin = await world.principal('CONTOSO\\Administrator');
      await assert.rejects(renewCaCertificate({ ports: fail }, admin, { reuseKey: true }));
      assert.equal((await only('error')).symbol, 'ERROR_BUSY');
    });
  });
});
