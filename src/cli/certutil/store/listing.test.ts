import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openCertificateStores } from '#certstore/open-certificate-stores';
import { type OpensslCertificate, opensslCertificate } from '#certstore/openssl.suite';
import type { CertificateStore, KeyProvInfo } from '#certstore/ports/certificate-store';
import type { KeyProviders, KeySpec } from '#pki/crypto/key-provider';
import { nodeEngine } from '#pki/crypto/node/engine';
import { openSoftwareProviders } from '#providers/software/open-software-providers';
import { formatDate } from '../../io/date.ts';
import { type StoreListingPorts, storeListing } from './listing.ts';

const GUID = '4be58f30-7127-42f5-9b76-f47187495247';
const KSP = 'Microsoft Software Key Storage Provider';
const STRONG = 'Microsoft Strong Cryptographic Provider';
const root = mkdtempSync(join(tmpdir(), 'certhaven-listing-'));
after(() => rmSync(root, { recursive: true, force: true }));

const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
let ca: OpensslCertificate;
let user: OpensslCertificate;
let curve: OpensslCertificate;
let providers: KeyProviders;
let ports: StoreListingPorts;
before(async () => {
  ca = opensslCertificate('/DC=local/DC=tufdom/CN=TUFDOM TEST ROOT11', {
    serial: '0x3747ce1f7989769d4f27ad51d4d7b979',
    extensions: `basicConstraints = critical,CA:true
keyUsage = keyCertSign,cRLSign,digitalSignature
1.3.6.1.4.1.311.20.2 = ASN1:BMPSTRING:CA
1.3.6.1.4.1.311.21.1 = ASN1:INTEGER:65537`,
  });
  user = opensslCertificate('/CN=user1', {
    serial: '0x1464fcbc000000000008',
    issuer: ca,
    extensions: `1.3.6.1.4.1.311.21.7 = ASN1:SEQUENCE:template
[template]
oid = OID:1.3.6.1.4.1.311.21.8.1.2.3
major = INTEGER:100`,
  });
  curve = opensslCertificate('/', { serial: '7', issuer: ca, key: P256 });
  const directory = join(root, 'keys');
  providers = await openSoftwareProviders({ directory, machineKeyset: false, machineGuid: GUID, engine: nodeEngine });
  const templates = new Map([
    ['CA', { cn: 'CA', displayName: 'Root Certification Authority' }],
    ['1.3.6.1.4.1.311.21.8.1.2.3', { cn: 'EFS2', displayName: 'EFS2' }],
  ]);
  ports = {
    engine: nodeEngine,
    keyProviders: async () => providers,
    template: async (nameOrOid) => templates.get(nameOrOid),
  };
});

let made = 0;
async function storeOf(certificate: OpensslCertificate, keyProvInfo?: KeyProvInfo): Promise<CertificateStore> {
  const store = openCertificateStores({ directory: join(root, String(made++)) }).open('my');
  await store.add(certificate.der, keyProvInfo ? { keyProvInfo } : {});
  return store;
}

async function keyInfo(
  certificate: OpensslCertificate,
  provider: string,
  keySpec: KeySpec,
  exportable: boolean,
): Promise<KeyProvInfo> {
  const container = `container ${made++}`;
  const policy = { exportable, archivable: false };
  const stored = await providers.byName(provider).importKey(certificate.pkcs8, { container, keySpec, policy });
  stored.close();
  return { container, provider, providerType: providers.byName(provider).type, flags: 0, keySpec };
}

async function listed(store: CertificateStore, storeToken = 'my'): Promise<string[]> {
  return storeListing(store, await store.list(), ports, { storeToken });
}

/** What follows the line of the hash. */
async function keyPart(certificate: OpensslCertificate, info?: KeyProvInfo): Promise<string[]> {
  const lines = await listed(await storeOf(certificate, info));
  return lines.slice(lines.findIndex((line) => line.startsWith('Cert Hash')) + 1);
}

describe('store listing', () => {
  it('prints a root with its key as certutil of Server 2019', async () => {
    const store = await storeOf(ca, await keyInfo(ca, KSP, 0, false));
    const [entry] = await store.list();
    const { validity } = entry!.certificate.tbsCertificate;
    const key = await providers.byName(KSP).openKey(entry!.properties.keyProvInfo!.container);
    assert.deepEqual(await listed(store), [
      'my "Personal"',
      '================ Certificate 0 ================',
      'Serial Number: 3747ce1f7989769d4f27ad51d4d7b979',
      'Issuer: CN=TUFDOM TEST ROOT11, DC=tufdom, DC=local',
      ` NotBefore: ${formatDate(validity.notBefore)}`,
      ` NotAfter: ${formatDate(validity.notAfter)}`,
      'Subject: CN=TUFDOM TEST ROOT11, DC=tufdom, DC=local',
      'Certificate Template Name (Certificate Type): CA',
      'CA Version: V1.1',
      'Signature matches Public Key',
      'Root Certificate: Subject matches Issuer',
      'Template: CA, Root Certification Authority',
      `Cert Hash(sha1): ${entry!.thumbprint}`,
      `  Key Container = ${key.container}`,
      `  Unique container name: ${key.uniqueName}`,
      '  Provider = Microsoft Software Key Storage Provider',
      'Private key is NOT exportable',
      'Signature test passed',
    ]);
  });

  it('prints others between blank lines, with the number each has in its store', async () => {
    const store = await storeOf(user);
    await store.add(curve.der);
    const lines = await listed(store, 'MY');
    assert.equal(lines[0], 'MY "Personal"');
    const second = lines.indexOf('================ Certificate 1 ================');
    assert.equal(lines[second - 1], '');
    assert.equal(lines.filter((line) => line === 'Non-root Certificate').length, 2);
    assert.ok(lines.includes('Template: EFS2'));
    assert.ok(lines.includes('Subject: EMPTY'));
    assert.ok(lines.includes('Serial Number: 07'));
    const one = await storeListing(store, (await store.list()).slice(1), ports);
    assert.deepEqual(one.slice(0, 2), ['My "Personal"', '================ Certificate 1 ================']);
  });

  it('says that there is no key', async () => {
    assert.deepEqual(await keyPart(user), [
      'No key provider information',
      'Cannot find the certificate and private key for decryption.',
    ]);
  });

  it('tests what the key is for', async () => {
    const last = async (certificate: OpensslCertificate, provider: string, keySpec: KeySpec): Promise<string> =>
      (await keyPart(certificate, await keyInfo(certificate, provider, keySpec, true))).at(-1)!;
    assert.equal(await last(user, KSP, 0), 'Encryption test passed');
    assert.equal(await last(curve, KSP, 0), 'Signature test passed');
    assert.equal(await last(user, STRONG, 1), 'Encryption test passed');
    assert.equal(await last(user, STRONG, 2), 'Signature test passed');
  });

  it('finds the key of a KSP where a KeySpec was recorded by mistake', async () => {
    const info = await keyInfo(user, KSP, 0, true);
    assert.equal((await keyPart(user, { ...info, keySpec: 2 })).at(-1), 'Signature test passed');
  });

  it('prints the other name of the pair where the property holds the unique one', async () => {
    const info = await keyInfo(user, STRONG, 1, true);
    const key = await providers.byName(STRONG).openKey(info.container);
    assert.deepEqual(await keyPart(user, { ...info, container: key.uniqueName }), [
      `  Key Container = ${key.uniqueName}`,
      `  Simple container name: ${info.container}`,
      `  Provider = ${STRONG}`,
      'Encryption test passed',
    ]);
  });

  it('tells keys apart that are missing, of another certificate, or damaged', async () => {
    const info = await keyInfo(user, KSP, 0, true);
    assert.equal((await keyPart(user, { ...info, container: 'gone' })).at(-1), 'Missing stored keyset');
    assert.equal((await keyPart(user, { ...info, provider: 'Gemplus' })).at(-1), 'Missing stored keyset');
    assert.equal((await keyPart(ca, info)).at(-1), 'ERROR: Certificate public key does NOT match stored keyset');
    const key = await providers.byName(KSP).openKey(info.container);
    writeFileSync(join(root, 'keys', key.uniqueName), 'damage');
    assert.match((await keyPart(user, info)).at(-1)!, /^Unusable stored keyset: Bad Data\./);
  });

  it('prints the bare token of a store without another name', async () => {
    const kra = openCertificateStores({ directory: join(root, 'kra') }).open('KRA');
    assert.deepEqual(await storeListing(kra, [], ports, { storeToken: 'kra' }), ['kra']);
  });
});
