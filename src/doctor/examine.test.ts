/** One test a finding: a CA is brought to have it, the doctor names it, what it names mends it where that is one command. Over 400 lines because each begins with the same CA. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { readConfiguration } from '#ca/config/configuration';
import { withKeyBackup } from '#ca/config/key-backups';
import type { RegistryValue } from '#ca/ports';
import { openEnterpriseStores } from '#certstore/open-enterprise-stores';
import { openServiceStores } from '#certstore/open-service-stores';
import { hresult } from '#hresult/hresult-error';
import { encodePem } from '#pki/asn1/pem';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { sealPfx } from '#pki/pkcs12/seal';
import { decodeCertificate } from '#pki/x509/certificate';
import { AuthorityWorld } from '#test/support/authority-world';
import { cspCa, SOFTWARE_KSP, STRONG } from '#test/support/csp-ca';
import { doctorPorts, snapshot } from '#test/support/doctor-ports';
import { archiveAsAlice } from '#test/support/kra-list';
import { examine } from './examine.ts';
import { DIAGNOSES, type Diagnosis, type DiagnosisCode } from './finding.ts';
import { wipeFile } from './left-over.ts';

const DAY = 86_400_000;
const CONTAINER = 'Contoso CA';

describe('what the doctor finds', () => {
  let world: AuthorityWorld;
  beforeEach(async () => {
    world = await AuthorityWorld.create();
  });
  afterEach(() => world.close());

  const look = () => examine(doctorPorts(world));

  async function found(code: DiagnosisCode): Promise<Diagnosis[]> {
    return (await look()).filter((finding) => finding.code === code);
  }

  async function only(code: DiagnosisCode, severity: Diagnosis['severity'], symbol?: string): Promise<Diagnosis> {
    const [finding, ...others] = await found(code);
    assert.ok(
      finding,
      `${code} was not found among ${(await look()).map((each) => `${each.code}: ${each.text}`).join('\n')}`,
    );
    assert.deepEqual(others, []);
    assert.deepEqual([finding.severity, finding.symbol], [severity, symbol]);
    assert.equal(finding.hresult !== undefined, symbol !== undefined);
    return finding;
  }

  async function setting(path: string, name: string, value: RegistryValue): Promise<void> {
    await world.ports.database.commit([{ set: 'Registry', path, name, value }]);
  }
  const sz = (data: string): RegistryValue => ({ type: 'REG_SZ', data });
  const dword = (data: number): RegistryValue => ({ type: 'REG_DWORD', data });
  const configuration = () => readConfiguration(world.ports.database);
  const my = () => doctorPorts(world).certificateStores.open('My');
  const ksp = () => world.ports.providers.byName(SOFTWARE_KSP);

  async function ownEntry() {
    const [entry] = (await my().list()).filter(({ properties }) => properties.keyProvInfo?.container === CONTAINER);
    return entry!;
  }

  async function exportedKey(): Promise<Uint8Array> {
    const key = await ksp().openKey(CONTAINER, 0);
    try {
      return await key.exportPkcs8();
    } finally {
      key.close();
    }
  }

  test('of a new CA nothing is wrong but that its key has no backup; and nothing is changed', async () => {
    const before = [await world.state(), snapshot(world.folder)];
    const findings = await look();
    assert.deepEqual([await world.state(), snapshot(world.folder)], before);
    assert.deepEqual(
      findings.map(({ severity, code }) => [severity, code]),
      [
        ['warning', 'key-backup-missing'],
        ['note', 'service'],
        ['note', 'ca-key-exportable'],
      ],
    );
  });

  test('docs/operations/doctor.md has a row for each finding, and none for another', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/operations/doctor.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, code]) => code);
    assert.deepEqual(rows.sort(), [...DIAGNOSES].sort());
  });

  describe('CA certificates and keys', () => {
    test('ca-certificate-missing', async () => {
      const { certificate } = await ownEntry();
      await my().remove(await ownEntry());
      await only('ca-certificate-missing', 'error', 'CRYPT_E_NOT_FOUND');
      // Its key, which no certificate names now, is not to be deleted.
      assert.match((await only('key-without-certificate', 'note')).cure!, /^leave it/);
      await my().add(certificate.raw);
      await only('ca-key-missing', 'error', 'NTE_BAD_KEYSET');
      assert.match((await only('key-without-certificate', 'warning')).cure!, /^certutil -repairstore my "[0-9a-f]+"/);
      await my().remove((await my().list())[0]!);
      await setting('', 'CACertHash', { type: 'REG_MULTI_SZ', data: [] });
      await only('ca-certificate-missing', 'error', 'CRYPT_E_NOT_FOUND');
      assert.deepEqual(await found('check-failed'), []);
    });

    test('ca-certificate-retired', async () => {
      const hashes = (await configuration()).strings('CACertHash');
      await setting('', 'CACertHash', { type: 'REG_MULTI_SZ', data: ['-', ...hashes] });
      await only('ca-certificate-retired', 'note');
    });

    test('ca-key-missing', async () => {
      await ksp().deleteKey(CONTAINER);
      const { cure } = await only('ca-key-missing', 'error', 'NTE_BAD_KEYSET');
      assert.ok(cure);
      const { thumbprint } = await ownEntry();
      await setting('', 'KeyBackups', withKeyBackup(await configuration(), [thumbprint], world.now, '/backup/CA.p12'));
      const restoring = (await only('ca-key-missing', 'error', 'NTE_BAD_KEYSET')).cure!;
      assert.ok(restoring.startsWith('certutil -restoreKey "/backup/CA.p12" '), restoring);
    });

    test('ca-key-missing: its file is damaged, or the key set does not open', async () => {
      const { thumbprint } = await ownEntry();
      await setting('', 'KeyBackups', withKeyBackup(await configuration(), [thumbprint], world.now, '/backup/CA.p12'));
      const damaged = globSync(join(world.folder, 'keys', '*_*')).find((path) =>
        readFileSync(path).includes(`${CONTAINER}\x0c`),
      )!;
      const content = readFileSync(damaged);
      writeFileSync(damaged, 'x');
      assert.match((await only('ca-key-missing', 'error', 'NTE_BAD_DATA')).cure!, /^certutil -f -restoreKey "\/backup/);
      writeFileSync(damaged, content);
      const byName = () => {
        throw hresult('NTE_BAD_KEYSET', 'It does not open.', { hint: 'mend it' });
      };
      const providers = { ...world.ports.providers, byName, all: [] };
      const [missing] = await examine({ ...doctorPorts(world), providers });
      assert.deepEqual([missing!.code, missing!.cure], ['ca-key-missing', 'mend it']);
    });

    test('ca-key-mismatch', async () => {
      await ksp().deleteKey(CONTAINER);
      const policy = { exportable: true, archivable: false };
      const algorithm = { type: 'rsa', modulusLength: 2048 } as const;
      (await ksp().createKey({ container: CONTAINER, algorithm, keySpec: 0, policy })).close();
      await only('ca-key-mismatch', 'error', 'NTE_BAD_KEY');
    });

    test('key-spec: with the INF that mends it', async () => {
      const entry = await ownEntry();
      await my().setProperty(entry, 'keyProvInfo', { ...entry.properties.keyProvInfo!, keySpec: 2 });
      const { cure, file } = await only('key-spec', 'warning', 'NTE_BAD_FLAGS');
      assert.match(cure!, /^certutil -repairstore my "[0-9a-f]+" KeyProv\.inf$/);
      assert.match(file!.content, /"Container = Contoso CA&"\n.*Key Storage Provider&"\n.*"KeySpec = 0"\n$/s);
    });

    test('ca-key-open, ca-key-exportable', async () => {
      await only('ca-key-exportable', 'note');
      await ksp().setSecurityDescriptor!(CONTAINER, 'D:(A;;GA;;;SY)(A;;GR;;;AU)');
      await only('ca-key-open', 'error');
      await ksp().setSecurityDescriptor!(CONTAINER, 'D:(A;;GA;;;SY)(A;;GA;;;BA)');
      assert.deepEqual(await found('ca-key-open'), []);
    });

    test('ca-certificate-ends, ca-certificate-expired', async () => {
      const { notAfter } = (await ownEntry()).certificate.tbsCertificate.validity;
      world.now = new Date(notAfter.getTime() - 400 * DAY);
      assert.match((await only('ca-certificate-ends', 'note')).text, /before the 2 Years/);
      world.now = new Date(notAfter.getTime() - DAY);
      await only('ca-certificate-ends', 'warning');
      world.now = new Date(notAfter.getTime() + DAY);
      await only('ca-certificate-expired', 'error', 'CERT_E_EXPIRED');
    });

    test('ca-chain', async () => {
      await world.ports.stores.remove('Root', (await ownEntry()).certificate.raw);
      assert.match((await only('ca-chain', 'warning', 'CERT_E_UNTRUSTEDROOT')).cure!, /-addstore Root/);
    });

    test('left-over-key, key-without-certificate', async () => {
      const policy = { exportable: true, archivable: false };
      (await ksp().importKey(await exportedKey(), { container: 'te-1', keySpec: 0, policy })).close();
      assert.match((await only('left-over-key', 'warning')).cure!, /-delkey "te-1"$/);
      const algorithm = { type: 'rsa', modulusLength: 2048 } as const;
      (await ksp().createKey({ container: 'te-2', algorithm, keySpec: 0, policy })).close();
      assert.match((await only('key-without-certificate', 'note')).cure!, /-delkey "te-2", if nobody needs it$/);
    });

    test('a key that a service account has a certificate for', async () => {
      const policy = { exportable: true, archivable: false };
      const algorithm = { type: 'rsa', modulusLength: 2048 } as const;
      (await ksp().createKey({ container: 'te-3', algorithm, keySpec: 0, policy })).close();
      const ports = doctorPorts(world);
      const serviceStores = openServiceStores({
        directory: join(world.folder, 'services'),
        machine: ports.certificateStores,
      });
      const keyProvInfo = {
        container: 'te-3',
        provider: SOFTWARE_KSP,
        providerType: 0,
        flags: 0x20,
        keySpec: 0,
      } as const;
      const { certificate } = await ownEntry();
      await (await serviceStores.of('CertSvc')).open('My').add(certificate.raw, { keyProvInfo });
      const codes = (await examine({ ...ports, serviceStores })).map(({ code }) => code);
      assert.ok(!codes.includes('key-without-certificate'), codes.join());
      assert.ok((await look()).some(({ code }) => code === 'key-without-certificate'));
    });

    test('check-failed: a token that does not answer hides no key of another provider', async () => {
      const policy = { exportable: true, archivable: false };
      (await ksp().importKey(await exportedKey(), { container: 'te-1', keySpec: 0, policy })).close();
      const absent = { ...ksp(), name: 'Absent', listKeys: () => Promise.reject(hresult('NTE_DEVICE_NOT_READY')) };
      const providers = { ...world.ports.providers, all: [absent, ...world.ports.providers.all] };
      const findings = await examine({ ...doctorPorts(world), providers });
      const codes = findings.filter(({ severity }) => severity === 'warning').map(({ code, symbol }) => [code, symbol]);
      assert.deepEqual(codes, [
        ['key-backup-missing', undefined],
        ['check-failed', 'NTE_DEVICE_NOT_READY'],
        ['left-over-key', undefined],
      ]);
    });

    test('key-backup-missing after installation and after a renewal, with the same key too; key-backup-old', async () => {
      const backUp = async () => {
        const hashes = (await configuration()).strings('CACertHash');
        const value = withKeyBackup(await configuration(), hashes, world.now, '/backup/Contoso CA.p12');
        await setting('', 'KeyBackups', value);
      };
      await only('key-backup-missing', 'warning');
      await backUp();
      assert.deepEqual(await found('key-backup-missing'), []);
      await (await world.as('Administrator')).renewCertificate({ reuseKey: true });
      await world.restart();
      assert.match((await only('key-backup-missing', 'warning')).text, /no backup has CA certificate 1\.$/);
      await backUp();
      assert.deepEqual(await found('key-backup-missing'), []);
      world.now = new Date(world.now.getTime() + 500 * DAY);
      await only('key-backup-old', 'note');
    });
  });

  describe('settings', () => {
    test('provider-unknown, provider-type, encryption-provider, ca-key-provider', async () => {
      await setting('EncryptionCSP', 'Provider', sz('Acme Provider'));
      await only('provider-unknown', 'warning', 'NTE_KEYSET_NOT_DEF');
      await only('encryption-provider', 'note');
      await setting('CSP', 'Provider', sz(STRONG));
      await only('provider-type', 'warning', 'NTE_PROV_TYPE_NO_MATCH');
      await only('ca-key-provider', 'warning');
    });

    test('machine-keyset', async () => {
      await setting('CSP', 'MachineKeyset', dword(0));
      await only('machine-keyset', 'warning', 'NTE_BAD_KEYSET');
    });

    test('sha1-signatures, signature-settings', async () => {
      await setting('CSP', 'CNGHashAlgorithm', sz('SHA1'));
      assert.match((await only('sha1-signatures', 'warning')).cure!, /CNGHashAlgorithm" SHA256/);
      for (const hash of ['SHA7', 'MD5']) {
        await setting('CSP', 'CNGHashAlgorithm', sz(hash));
        await only('signature-settings', 'error', 'NTE_BAD_ALGID');
      }
    });

    test('settings-misplaced', async () => {
      await setting('CSP', 'SymmetricKeySize', dword(168));
      assert.match((await only('settings-misplaced', 'warning')).cure!, /-delreg "CA\\CSP\\SymmetricKeySize"$/);
    });

    test('check-failed: a value of another type keeps nobody from the other checks', async () => {
      await setting('', 'KRACertCount', sz('two'));
      assert.match((await only('check-failed', 'error', 'ERROR_INVALID_DATA')).text, /KRACertCount is REG_SZ/);
      assert.equal((await found('key-backup-missing')).length, 1);
    });
  });

  describe('a CA under a CSP', () => {
    beforeEach(async () => {
      await world.close();
      world = await cspCa();
    });

    test('hash-ignored, ca-key-short, sha1-signatures, signature-settings', async () => {
      await setting('CSP', 'CNGHashAlgorithm', sz('SHA256'));
      assert.match((await only('hash-ignored', 'warning')).cure!, /^certhaven migrate keys --to KSP$/);
      await setting('CSP', 'CNGHashAlgorithm', sz('SHA1'));
      assert.deepEqual(await found('hash-ignored'), []);
      assert.match((await only('ca-key-short', 'warning')).text, /1024 bits/);
      await only('sha1-signatures', 'warning');
      await setting('CSP', 'HashAlgorithm', dword(0x800c));
      await only('signature-settings', 'error', 'NTE_BAD_ALGID');
    });

    test('ca-keys-scattered', async () => {
      const strong = world.ports.providers.byName(STRONG);
      const key = await strong.openKey('Contoso CA(2)', 2);
      const pkcs8 = await key.exportPkcs8();
      key.close();
      const policy = { exportable: true, archivable: false };
      (await ksp().importKey(pkcs8, { container: 'Contoso CA(2)', keySpec: 0, policy })).close();
      for (const entry of await my().list()) {
        const { keyProvInfo } = entry.properties;
        if (keyProvInfo?.container !== 'Contoso CA(2)') continue;
        await my().setProperty(entry, 'keyProvInfo', {
          ...keyProvInfo,
          provider: SOFTWARE_KSP,
          providerType: 0,
          keySpec: 0,
        });
      }
      assert.match((await only('ca-keys-scattered', 'warning')).cure!, /migrate keys --to "Microsoft Software/);
      assert.equal((await found('left-over-key')).length, 1);
    });
  });

  describe('key recovery agents', () => {
    test('recovery-agent, recovery-agents-few, recovery-agent-ends, archived-keys-lost', async () => {
      const agents = await world.enrollAgents(['kra1', 'kra2'], 1);
      await world.restart();
      await world.publishArchivalTemplate();
      await archiveAsAlice(world);
      assert.deepEqual(await found('archived-keys-lost'), []);
      const stored = agents.map(({ certificate }) => certificate);
      await world.ports.stores.remove('KRA', stored[0]!);
      await only('recovery-agent', 'warning', 'CRYPT_E_NOT_FOUND');
      assert.deepEqual(await found('recovery-agents-few'), []);
      await world.ports.stores.remove('KRA', stored[1]!);
      await only('recovery-agents-few', 'error', 'CERTSRV_E_NO_VALID_KRA');
      assert.equal((await found('recovery-agent')).length, 2);
      await setting('', 'KRACertHash', { type: 'REG_MULTI_SZ', data: [] });
      assert.match((await only('archived-keys-lost', 'warning')).text, /^1 of 1/);
      for (const certificate of stored) await world.ports.stores.add('KRA', certificate);
      assert.deepEqual(await found('archived-keys-lost'), []);
    });

    test('recovery-agent-ends', async () => {
      const [agent] = await world.enrollAgents(['kra1'], 1);
      const { notAfter } = decodeCertificate(agent!.certificate).tbsCertificate.validity;
      world.now = new Date(notAfter.getTime() - DAY);
      await (await world.as('Administrator')).publishCrl();
      await only('recovery-agent-ends', 'warning');
    });
  });

  describe('stores', () => {
    test('store-damaged', async () => {
      const [path] = globSync(join(world.folder, 'stores', 'Root', '**', 'certificate.crt'));
      writeFileSync(path!, 'not what it was');
      const { text, cure } = await only('store-damaged', 'warning', 'ERROR_INVALID_DATA');
      assert.match(`${text} ${cure}`, /certificate of Root.*-delstore "Root"/);
    });

    test('store-damaged: of a service account and of the enterprise, once each', async () => {
      const ports = doctorPorts(world);
      const serviceStores = openServiceStores({
        directory: join(world.folder, 'services'),
        machine: ports.certificateStores,
      });
      const enterpriseStores = openEnterpriseStores({ directory: join(world.folder, 'enterprise') });
      const { certificate } = await ownEntry();
      await (await serviceStores.of('CertSvc')).open('Trust').add(certificate.raw);
      await enterpriseStores.open('NTAuth').add(certificate.raw);
      const damage = (...place: string[]) => {
        for (const path of globSync(join(world.folder, ...place, '**', 'certificate.crt'))) writeFileSync(path, 'x');
      };
      damage('services');
      damage('enterprise');
      damage('stores', 'Root');
      const found = await examine({ ...ports, serviceStores, enterpriseStores });
      const cures = found
        .filter(({ code }) => code === 'store-damaged')
        .map(({ cure }) => cure!.replace(/ FILE .*/, ''));
      assert.deepEqual(cures, [
        'certutil -addstore "Root"',
        'certutil -enterprise -addstore "NTAuth"',
        'certutil -Service -addstore "CertSvc\\Trust"',
      ]);
    });

    test('a key of a CSP that an entry names under the KSP is there, and has its certificate', async () => {
      const exchange = await (await world.as('alice')).exchangeCertificate();
      const [entry] = (await my().list()).filter(
        ({ certificate }) => Buffer.compare(certificate.raw, exchange.certificate) === 0,
      );
      const algorithm = { type: 'rsa', modulusLength: 2048 } as const;
      const policy = { exportable: false, archivable: false };
      const strong = world.ports.providers.byName(STRONG);
      (await strong.createKey({ container: 'legacy', algorithm, keySpec: 1, policy })).close();
      await only('key-without-certificate', 'note');
      const keyProvInfo = { ...entry!.properties.keyProvInfo!, container: 'legacy', keySpec: 1 as const };
      await my().setProperty(entry!, 'keyProvInfo', keyProvInfo);
      assert.deepEqual(await found('exchange-key'), []);
      // What it named before.
      assert.doesNotMatch((await only('key-without-certificate', 'note')).text, /legacy/);
    });

    test('key-gone, exchange-key', async () => {
      const exchange = await (await world.as('alice')).exchangeCertificate();
      const [entry] = (await my().list()).filter(
        ({ certificate }) => Buffer.compare(certificate.raw, exchange.certificate) === 0,
      );
      await ksp().deleteKey(entry!.properties.keyProvInfo!.container);
      // A token that is away may come back with the key: nothing is to be given up for it.
      const byName = () => {
        throw hresult('NTE_DEVICE_NOT_READY', 'It is away.', { hint: 'insert it' });
      };
      const away = async (code: DiagnosisCode) => {
        const providers = { ...world.ports.providers, byName };
        const { text, cure } = (await examine({ ...doctorPorts(world), providers })).find(
          (each) => each.code === code,
        )!;
        assert.match(text, / in My: It is away\.$/);
        assert.equal(cure, 'insert it');
      };
      assert.match((await only('exchange-key', 'warning', 'NTE_BAD_KEYSET')).cure!, /^certutil -CAInfo xchg/);
      await away('exchange-key');
      await setting('', 'CAXchgCertHash', { type: 'REG_MULTI_SZ', data: [] });
      assert.match((await only('key-gone', 'warning', 'NTE_BAD_KEYSET')).cure!, /^certutil -repairstore my/);
      await away('key-gone');
    });
  });

  describe('CRLs', () => {
    test('crl-ended, crl-missing', async () => {
      world.now = new Date(world.now.getTime() + 7 * DAY);
      await only('crl-ended', 'warning');
      world.now = new Date(world.now.getTime() + 7 * DAY);
      await only('crl-ended', 'error', 'CRYPT_E_REVOCATION_OFFLINE');
      await world.close();
      world = await AuthorityWorld.prepare();
      await world.install();
      await world.start();
      await only('crl-missing', 'error', 'CRYPT_E_REVOCATION_OFFLINE');
    });

    test('crl-unpublished', async () => {
      writeFileSync(join(world.folder, 'blocked'), '');
      const urls = { type: 'REG_MULTI_SZ', data: [`65:${world.folder}/blocked/%3.crl`] } as const;
      await setting('', 'CRLPublicationURLs', urls);
      await (await world.as('Administrator')).publishCrl().catch(() => undefined);
      await only('crl-unpublished', 'warning');
    });

    test('publication-folder', async () => {
      const urls = (...data: string[]) => ({ type: 'REG_MULTI_SZ', data }) as const;
      const entry = '65:/old/home/CertEnroll/%3%8%9.crl';
      await setting('', 'CRLPublicationURLs', urls(entry, '0:/other/CertEnroll/%3.crl', '65:/var/www/%3.crl'));
      const { cure } = await only('publication-folder', 'warning');
      assert.ok(cure!.includes(`"-${entry}"`) && cure!.includes(`"+65:${world.folder}/CertEnroll/%3%8%9.crl"`), cure);
      await setting('', 'CRLPublicationURLs', urls(`65:${world.folder}/CertEnroll/%3%8%9.crl`));
      assert.deepEqual(await found('publication-folder'), []);
    });
  });

  describe('the machine', () => {
    test('file-permissions', async () => {
      const [file] = globSync(join(world.folder, 'keys', '*_*'));
      chmodSync(file!, 0o640);
      const { cure } = await only('file-permissions', 'error');
      assert.equal(cure, `chmod 600 "${file}"`);
      chmodSync(file!, 0o600);
      chmodSync(world.folder, 0o755);
      assert.equal((await only('file-permissions', 'error')).cure, `chmod 700 "${world.folder}"`);
    });

    test('file-owner: of a folder once', {
      skip: process.getuid?.() !== 0 && 'only root gives files away',
    }, async () => {
      const [file] = globSync(join(world.folder, 'keys', '*_*'));
      chownSync(file!, 4711, 4711);
      assert.equal((await only('file-owner', 'error')).cure, `chown 0 "${file}"`);
      chownSync(join(world.folder, 'keys'), 4711, 4711);
      assert.equal((await only('file-owner', 'error')).cure, `chown -R 0 "${join(world.folder, 'keys')}"`);
    });

    test('left-over-file: a key of the CA in clear, whatever the name of its file', async () => {
      const path = join(world.folder, 'notes.txt');
      const foreign = await engine.generateKey({ type: 'rsa', modulusLength: 2048 });
      writeFileSync(path, encodePem('PRIVATE KEY', foreign));
      await only('left-over-file', 'warning');
      writeFileSync(path, encodePem('PRIVATE KEY', await exportedKey()));
      assert.equal(
        (await only('left-over-file', 'error', 'ERROR_FILE_EXISTS')).text,
        `${path} holds a key of the CA in clear.`,
      );
      const link = join(world.folder, 'link.txt');
      symlinkSync(path, link);
      const pipe = join(world.folder, 'pipe.txt');
      execFileSync('mkfifo', [pipe]);
      await only('left-over-file', 'error', 'ERROR_FILE_EXISTS');
      for (const place of [link, pipe]) await assert.rejects(wipeFile(place), { symbol: 'ERROR_INVALID_DATA' });
      await wipeFile(path);
      assert.deepEqual(await found('left-over-file'), []);
    });

    test('left-over-file: worse where it is published', async () => {
      const pfx = await sealPfx({ keys: [], certificates: [] }, 'p', { algorithm: 'AES256_SHA256' }, engine);
      mkdirSync(join(world.folder, 'old'));
      writeFileSync(join(world.folder, 'old', 'CA.p12'), pfx);
      assert.match((await only('left-over-file', 'warning')).cure!, /^certhaven migrate wipe/);
      writeFileSync(join(world.folder, 'CertEnroll', 'CA.pfx'), pfx);
      assert.deepEqual(
        (await found('left-over-file')).map(({ severity }) => severity),
        ['error', 'warning'],
      );
    });

    test('move-outstanding', async () => {
      writeFileSync(join(world.folder, 'key-migration.json'), '{}');
      await only('move-outstanding', 'error', 'ERROR_BUSY');
    });

    test('renewal-outstanding', async () => {
      const { renewCaCertificate } = await import('#ca/renew/renew');
      const stores = { ...world.ports.stores, add: () => Promise.reject(hresult('ERROR_DISK_FULL')) };
      const admin = await world.principal('CONTOSO\\Administrator');
      await assert.rejects(renewCaCertificate({ ports: { ...world.ports, stores } }, admin, { reuseKey: true }));
      await only('renewal-outstanding', 'warning');
    });

    test('service, start-failed', async () => {
      await only('service', 'note');
      const { recordStartFailure } = await import('#ca/install/start-failure');
      await recordStartFailure(world.ports, hresult('NTE_BAD_KEYSET'));
      assert.match((await only('start-failed', 'warning')).text, /did not start/);
      await world.restart();
      assert.deepEqual(await found('start-failed'), []);
      const [running] = (await examine({ ...doctorPorts(world), isRunning: true })).filter(
        ({ code }) => code === 'service',
      );
      assert.equal(running!.text, 'The service runs.');
    });
  });
});
