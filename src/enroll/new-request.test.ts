import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { formatHex } from '#pki/asn1/bytes';
import { encodeDer } from '#pki/asn1/der-writer';
import { decodeOid } from '#pki/asn1/object-identifier';
import { id_ce_subjectKeyIdentifier, sMIMECapabilities } from '#pki/asn1/oid-table';
import { TAG } from '#pki/asn1/tag';
import { type Asn1Node, decodeTree } from '#pki/asn1/tree';
import { decodeCspProvider } from '#pki/cmc/enrollment-csp-provider';
import { decodeFullRequest } from '#pki/cmc/full-request';
import { decodeRequestClientInfo } from '#pki/cmc/request-client-info';
import { nodeEngine } from '#pki/crypto/node/engine';
import { findAttribute } from '#pki/x509/attribute';
import { decodeCertificate } from '#pki/x509/certificate';
import { decodeCertificationRequest, isSignedByOwnKey, requestedExtensions } from '#pki/x509/certification-request';
import { encodeCertificateTemplate } from '#pki/x509/extensions/certificate-template';
import { Enrollee } from '#test/support/enrollee';
import { FakeAuthority } from '#test/support/fake-authority';
import { InfFile } from './inf/inf-file.ts';
import { readRequestPolicy } from './inf/request-policy.ts';
import { newRequest } from './new-request.ts';
import type { CaClient, EnrollmentPorts } from './ports.ts';

const policyOf = (lines: string) => readRequestPolicy(InfFile.parse(`[NewRequest]\n${lines}`, 'r.inf'));
const ARCHIVAL = 'Subject = "CN=Test Subject"\nKeyLength = 1024\nPrivateKeyArchive = TRUE\n';
const TEMPLATE = '[RequestAttributes]\nCertificateTemplate = EFS\n';
const CSP = 'ProviderName = "Microsoft Enhanced Cryptographic Provider v1.0"\n';

describe('a new request', () => {
  let enrollee: Enrollee;
  let ca: FakeAuthority;
  let ports: EnrollmentPorts;

  before(async () => {
    enrollee = new Enrollee();
    ca = await FakeAuthority.create();
    ports = await enrollee.ports(await ca.retriever(), ca.root.certificate.raw);
  });
  after(() => enrollee.remove());

  const containers = async () => Promise.all(ports.providers.all.map((provider) => provider.listContainers()));
  const pending = async () => (await ports.stores.open('Request').list()).length;

  async function leavesNothing(act: () => Promise<unknown>): Promise<void> {
    const before = [await containers(), await pending()];
    await act();
    assert.deepEqual([await containers(), await pending()], before);
  }

  it('is a PKCS #10 with what Windows says of itself', async () => {
    const policy = policyOf(`Subject = "CN=a"\nKeyLength = 1024\nKeyUsage = 0xa0\n${TEMPLATE}`);
    const { request, requestType, keyLocation } = await newRequest(policy, ports, {});
    assert.equal(requestType, 'PKCS10');
    const decoded = decodeCertificationRequest(request);
    assert.ok(await isSignedByOwnKey(decoded, nodeEngine));
    const { attributes } = decoded.certificationRequestInfo;
    const types = ['13.2.1', '13.2.2', '13.2.3', '21.20'].map((end) => `1.3.6.1.4.1.311.${end}`);
    for (const type of types) assert.ok(findAttribute(attributes, type), type);
    const csp = decodeCspProvider(findAttribute(attributes, '1.3.6.1.4.1.311.13.2.2')!.values[0]!);
    assert.deepEqual([csp.keySpec, csp.cspName], [0, 'Microsoft Software Key Storage Provider']);
    const info = decodeRequestClientInfo(findAttribute(attributes, '1.3.6.1.4.1.311.21.20')!.values[0]!);
    assert.deepEqual(info, {
      clientId: 9,
      machineName: 'pc1.contoso.com',
      userName: 'CONTOSO\\alice',
      processName: 'certreq',
    });
    assert.deepEqual(
      requestedExtensions(decoded).map(({ extnID }) => extnID),
      ['2.5.29.14', '2.5.29.15'],
    );
    assert.match(keyLocation.container, /^le-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('waits in the Request store with its key', async () => {
    const policy = policyOf(
      `Subject = "CN=waiting"\nKeyLength = 1024\nFriendlyName = "My name"\n${CSP}KeySpec = 1\nHashAlgorithm = sha1\n`,
    );
    const { request, keyLocation } = await newRequest(policy, ports, {});
    const publicKey = decodeCertificationRequest(request).certificationRequestInfo.subjectPKInfo.raw;
    const entries = await ports.stores.open('Request').list();
    const entry = entries.find(
      ({ certificate }) => formatHex(certificate.tbsCertificate.subjectPublicKeyInfo.raw) === formatHex(publicKey),
    );
    assert.deepEqual(entry?.properties.keyProvInfo, keyLocation);
    assert.deepEqual([keyLocation.keySpec, keyLocation.providerType, keyLocation.flags], [1, 1, 0]);
    assert.deepEqual(
      [entry.properties.friendlyName, entry.properties.requestOriginator],
      ['My name', 'pc1.contoso.com'],
    );
    assert.equal(entry.properties.archivedKeyHash, undefined);
    const key = await ports.providers.byName(keyLocation.provider).openKey(keyLocation.container, 1);
    assert.equal(formatHex(key.publicKey), formatHex(publicKey));
    await assert.rejects(() => key.exportPkcs8(), { symbol: 'NTE_BAD_KEY_STATE' });
  });

  it('brings the private key to the CA and nobody else', async () => {
    const { request, keyLocation } = await newRequest(policyOf(ARCHIVAL + TEMPLATE), ports, { ca });
    const full = decodeFullRequest(request);
    assert.deepEqual(full.registrationInfo, [['CertificateTemplate', 'EFS']]);
    const { requestId } = await ca.submit({ request, attributes: '' });
    const archived = await nodeEngine.importPrivateKey(ca.archivedKeys.get(requestId)!);
    const key = await ports.providers.byName(keyLocation.provider).openKey(keyLocation.container);
    assert.equal(formatHex(archived.publicKey), formatHex(key.publicKey));
    // The one chance of an archivable key is gone.
    assert.equal(key.exportable, false);
    await assert.rejects(() => key.exportPkcs8(), { symbol: 'NTE_BAD_KEY_STATE' });
    const entry = (await ports.stores.open('Request').list()).find(({ properties }) => properties.archivedKeyHash);
    assert.equal(formatHex(entry!.properties.archivedKeyHash!), formatHex(full.encryptedKeyHash!));
    assert.equal(full.encryptedKeyHash!.length, 32);
  });

  it('archives keys of elliptic curves', async () => {
    const { request } = await newRequest(
      policyOf(`${ARCHIVAL.replace('KeyLength = 1024\n', '')}KeyAlgorithm = ECDH_P256\n`),
      ports,
      { ca },
    );
    const { requestId } = await ca.submit({ request, attributes: '' });
    const archived = await nodeEngine.importPrivateKey(ca.archivedKeys.get(requestId)!);
    const own = decodeFullRequest(request).certificationRequest.certificationRequestInfo.subjectPKInfo.raw;
    assert.equal(formatHex(archived.publicKey), formatHex(own));
  });

  it('has the shape of the request of the white paper', async () => {
    const templateID = '1.3.6.1.4.1.311.21.8.4014942.3497959.5914804.3829722.12246394.103.3066650.1537810';
    const template = encodeDer(
      encodeCertificateTemplate({ templateID, templateMajorVersion: 100, templateMinorVersion: 2 }),
    );
    const policy = policyOf(`Subject = "CN=a,CN=Users,DC=contoso,DC=com"
KeyLength = 1024
KeySpec = 1
${CSP}HashAlgorithm = sha1
KeyUsage = 0x20
SMIME = TRUE
PrivateKeyArchive = TRUE
EncryptionAlgorithm = 3des
[EnhancedKeyUsageExtension]
OID = 1.3.6.1.4.1.311.10.3.4
[Extensions]
1.3.6.1.4.1.311.21.10 = "{text}1.3.6.1.4.1.311.10.3.4"
1.3.6.1.4.1.311.21.7 = "{hex}${formatHex(template)}"
[RequestAttributes]
CertificateTemplate = ArchiveTestBasicEFS
`);
    const { request } = await newRequest(policy, ports, { ca });
    const vector = new Uint8Array(readFileSync(new URL('../../test/vectors/whitepaper/request.der', import.meta.url)));
    assert.deepEqual(shapeOf(decodeTree(request)), shapeOf(decodeTree(vector)));
  });

  it('is refused before a key is made where the key only signs', async () => {
    for (const lines of ['KeySpec = 2\n', 'KeyAlgorithm = ECDSA_P256\n', 'KeyUsageProperty = 2\n']) {
      const asked: string[] = [];
      const watched: CaClient = {
        config: ca.config,
        submit: (request) => ca.submit(request),
        retrieve: (id) => ca.retrieve(id),
        exchangeCertificate: () => {
          asked.push('exchange certificate');
          return ca.exchangeCertificate();
        },
      };
      const policy = policyOf(`PrivateKeyArchive = TRUE\n${lines}`);
      await leavesNothing(() =>
        assert.rejects(() => newRequest(policy, ports, { ca: watched }), { symbol: 'NTE_BAD_TYPE' }),
      );
      assert.deepEqual(asked, []);
    }
  });

  it('is refused before a key is made where the exchange certificate is bad', async () => {
    const bad = await FakeAuthority.create();
    await leavesNothing(() =>
      assert.rejects(() => newRequest(policyOf(ARCHIVAL), ports, { ca: bad }), { symbol: 'CERT_E_UNTRUSTEDROOT' }),
    );
  });

  it('archives an existing key only where it is exportable', async () => {
    const provider = ports.providers.byName('KSP');
    for (const exportable of [true, false]) {
      const container = `existing-${exportable}`;
      const key = await provider.createKey({
        container,
        algorithm: { type: 'rsa', modulusLength: 1024 },
        keySpec: 0,
        policy: { exportable, archivable: true },
      });
      key.close();
      const policy = policyOf(`PrivateKeyArchive = TRUE\nUseExistingKeySet = TRUE\nKeyContainer = ${container}\n`);
      const act = () => newRequest(policy, ports, { ca });
      if (exportable) assert.equal((await act()).keyLocation.container, container);
      else await leavesNothing(() => assert.rejects(act, { symbol: 'NTE_BAD_KEY_STATE' }));
    }
  });

  it('leaves no key behind where something fails, and takes itself back', async () => {
    const smartless = policyOf(`KeyLength = 1024\n${CSP}`);
    // A provider of type 1 signs no SHA-256.
    await leavesNothing(() => assert.rejects(() => newRequest(smartless, ports, {}), { symbol: 'NTE_BAD_ALGID' }));
    await leavesNothing(async () => (await newRequest(policyOf('KeyLength = 1024'), ports, {})).discard());
    await leavesNothing(async () =>
      (await newRequest(policyOf('KeyLength = 1024\nRequestType = Cert'), ports, {})).discard(),
    );
    assert.deepEqual(await ports.stores.open('My').list(), []);
  });

  it('leaves the other pair of its container where something fails', async () => {
    const named = `KeyLength = 1024\nKeyContainer = pairs\n${CSP}`;
    await newRequest(policyOf(`${named}HashAlgorithm = SHA1\nKeySpec = 2`), ports, {});
    await leavesNothing(() =>
      assert.rejects(() => newRequest(policyOf(`${named}KeySpec = 1`), ports, {}), { symbol: 'NTE_BAD_ALGID' }),
    );
    const csp = ports.providers.byName('Microsoft Enhanced Cryptographic Provider v1.0');
    const pairs = (await csp.listKeys()).filter(({ container }) => container === 'pairs');
    assert.deepEqual(
      pairs.map(({ keySpec }) => keySpec),
      [2],
    );
  });

  it('refuses S/MIME with a key that only signs, and another type of provider', async () => {
    await assert.rejects(() => newRequest(policyOf('SMIME = TRUE\nKeySpec = 2'), ports, {}), {
      symbol: 'XENROLL_E_KEYSPEC_SMIME_MISMATCH',
    });
    const another = policyOf('ProviderName = KSP\nProviderType = 24');
    await assert.rejects(() => newRequest(another, ports, {}), { symbol: 'NTE_PROV_TYPE_NO_MATCH' });
  });

  it('takes the default provider of a type that stands alone', async () => {
    const madeBy = async (lines: string) => (await newRequest(policyOf(lines), ports, {})).keyLocation.provider;
    assert.equal(
      await madeBy('KeyLength = 1024\nProviderType = 24'),
      'Microsoft Enhanced RSA and AES Cryptographic Provider',
    );
    assert.equal(await madeBy('KeyLength = 1024\nProviderType = 12'), 'Microsoft RSA SChannel Cryptographic Provider');
    assert.equal(await madeBy('KeyLength = 1024\nProviderType = 0'), 'Microsoft Software Key Storage Provider');
    await assert.rejects(() => newRequest(policyOf('ProviderType = 99'), ports, {}), {
      symbol: 'NTE_PROV_TYPE_NOT_DEF',
    });
  });

  it('may be a self-signed certificate in My', async () => {
    const policy = policyOf(
      'RequestType = Cert\nSubject = "CN=self"\nKeyAlgorithm = ECDSA_P256\nValidityPeriod = Days\nValidityPeriodUnits = 2',
    );
    const { request } = await newRequest(policy, ports, {});
    const { validity } = decodeCertificate(request).tbsCertificate;
    assert.equal(validity.notAfter.getTime() - validity.notBefore.getTime(), 2 * 86_400_000);
    const mine = await ports.stores.open('My').list();
    assert.deepEqual(
      mine.map(({ certificate }) => formatHex(certificate.raw)),
      [formatHex(request)],
    );
  });

  it('leaves out what the policy does not want', async () => {
    const bare = await newRequest(policyOf('KeyLength = 1024\nSuppressDefaults = TRUE'), ports, {});
    assert.deepEqual(requestedExtensions(decodeCertificationRequest(bare.request)), []);
    const removed = await newRequest(policyOf('KeyLength = 1024\n[Extensions]\n2.5.29.14 ='), ports, {});
    assert.deepEqual(requestedExtensions(decodeCertificationRequest(removed.request)), []);
  });
});

/** Tags and object identifiers in their places; what an OCTET STRING or BIT STRING of data holds does not count. */
function shapeOf(node: Asn1Node, at = ''): string[] {
  const oid = node.tag === TAG.OBJECT_IDENTIFIER ? ` ${decodeOid(node.content)}` : '';
  const own = `${at}${node.tag.toString(16)}${oid}`;
  const first = node.children?.[0];
  const extension = first?.tag === TAG.OBJECT_IDENTIFIER ? decodeOid(first.content) : undefined;
  // Which ciphers a client can read is its own affair, and so is how many attributes its name has.
  const isOpaque = extension === sMIMECapabilities || extension === id_ce_subjectKeyIdentifier;
  if (isOpaque || isName(node)) return [own];
  return [own, ...(node.children ?? []).flatMap((child) => shapeOf(child, `${at} `))];
}

function isName({ tag, children = [] }: Asn1Node): boolean {
  const isRdn = (child: Asn1Node) => child.tag === TAG.SET && child.children?.[0]?.tag === TAG.SEQUENCE;
  return tag === TAG.SEQUENCE && children.length > 0 && children.every(isRdn);
}
