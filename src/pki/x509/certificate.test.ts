import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HresultError } from '#hresult/hresult-error';
import { whitePaperCaCertificate, whitePaperIssuedCertificate } from '#test/support/white-paper';
import { newPrivateKey } from '#test/support/x509-hierarchy';
import { formatHex } from '../asn1/bytes.ts';
import { encodeDer, explicit, integer, sequence } from '../asn1/der-writer.ts';
import { nodeEngine } from '../crypto/node/engine.ts';
import { defaultScheme, signatureScheme } from '../crypto/signature-algorithm.ts';
import {
  assembleCertificate,
  buildTbsCertificate,
  type Certificate,
  decodeCertificate,
  decodeTbsCertificate,
  isSelfIssued,
  isSignedBy,
  signCertificate,
  thumbprint,
} from './certificate.ts';
import { EXTENSIONS, encodeExtension, extensionValue } from './extensions/extension-table.ts';
import { KEY_USAGE } from './extensions/key-usage.ts';
import { findUserPrincipalName } from './general-name.ts';
import { keyIdentifier, publicKeyInfoIdentifier } from './key-identifier.ts';
import { formatName, parseName } from './name-text.ts';
import { formatSerial } from './serial-number.ts';

test("the white paper's certificate is read", () => {
  const { tbsCertificate: tbs } = decodeCertificate(whitePaperIssuedCertificate());
  assert.equal(tbs.version, 3);
  assert.equal(formatSerial(tbs.serialNumber), '18e922d0000000000060');
  assert.equal(formatName(tbs.issuer), 'CN=TestEnrollment, DC=contoso, DC=com');
  assert.equal(formatName(tbs.subject), 'CN=Avi Ben-Menahem, CN=Users, DC=contoso, DC=com');
  assert.equal(tbs.validity.notBefore.toISOString(), '2004-08-12T18:54:55.000Z');
  assert.equal(tbs.validity.notAfter.toISOString(), '2005-08-12T18:54:55.000Z');
  assert.deepEqual(
    tbs.extensions.map(({ extnID }) => extnID),
    [
      EXTENSIONS.sMIMECapabilities,
      EXTENSIONS.subjectKeyIdentifier,
      EXTENSIONS.applicationPolicies,
      EXTENSIONS.keyUsage,
      EXTENSIONS.extKeyUsage,
      EXTENSIONS.certificateTemplate,
      EXTENSIONS.authorityKeyIdentifier,
      EXTENSIONS.cRLDistributionPoints,
      EXTENSIONS.authorityInfoAccess,
      EXTENSIONS.subjectAltName,
    ].map(({ oid }) => oid),
  );
  assert.equal(extensionValue(tbs.extensions, EXTENSIONS.keyUsage), KEY_USAGE.keyEncipherment);
  assert.deepEqual(extensionValue(tbs.extensions, EXTENSIONS.extKeyUsage), ['1.3.6.1.4.1.311.10.3.4']);
  const template = extensionValue(tbs.extensions, EXTENSIONS.certificateTemplate)!;
  assert.deepEqual([template.templateMajorVersion, template.templateMinorVersion], [100, 2]);
  assert.equal(findUserPrincipalName(extensionValue(tbs.extensions, EXTENSIONS.subjectAltName)!), 'avibm@contoso.com');
  assert.equal(extensionValue(tbs.extensions, EXTENSIONS.basicConstraints), undefined);
});

test("the white paper's CA certificate names its template and its version", () => {
  const { tbsCertificate: tbs } = decodeCertificate(whitePaperCaCertificate());
  assert.equal(extensionValue(tbs.extensions, EXTENSIONS.enrollCertType), 'CA');
  assert.deepEqual(extensionValue(tbs.extensions, EXTENSIONS.caVersion), { certIndex: 0, keyIndex: 0 });
  assert.deepEqual(extensionValue(tbs.extensions, EXTENSIONS.basicConstraints), {
    cA: true,
    pathLenConstraint: undefined,
  });
});

test("the white paper's signatures verify, and fail under another key", async () => {
  const ca = decodeCertificate(whitePaperCaCertificate());
  const issued = decodeCertificate(whitePaperIssuedCertificate());
  const caKey = ca.tbsCertificate.subjectPublicKeyInfo;
  assert.ok(isSelfIssued(ca));
  assert.ok(!isSelfIssued(issued));
  assert.ok(await isSignedBy(ca, caKey, nodeEngine));
  assert.ok(await isSignedBy(issued, caKey, nodeEngine));
  assert.ok(!(await isSignedBy(issued, issued.tbsCertificate.subjectPublicKeyInfo, nodeEngine)));
});

test("the white paper's client hashed the whole SubjectPublicKeyInfo", async () => {
  const { subjectPublicKeyInfo, extensions } = decodeCertificate(whitePaperIssuedCertificate()).tbsCertificate;
  const identifier = extensionValue(extensions, EXTENSIONS.subjectKeyIdentifier);
  assert.deepEqual(await publicKeyInfoIdentifier(subjectPublicKeyInfo, nodeEngine), identifier);
  assert.deepEqual(await publicKeyInfoIdentifier(subjectPublicKeyInfo.raw, nodeEngine), identifier);
  assert.notDeepEqual(await keyIdentifier(subjectPublicKeyInfo, nodeEngine), identifier);
});

test("the white paper's thumbprint", async () => {
  const print = await thumbprint(decodeCertificate(whitePaperIssuedCertificate()), nodeEngine);
  // Attribute 311.21.17 of the response (the hash of the certificate that it carries).
  assert.equal(formatHex(print), 'de73d68a50323310a01eeddf66188213dc9cd490');
});

for (const [name, der] of [
  ['CA', whitePaperCaCertificate()],
  ['issued', whitePaperIssuedCertificate()],
] as const) {
  test(`the white paper's ${name} certificate is built again byte for byte`, () => {
    const { tbsCertificate: tbs, signatureAlgorithm, signatureValue } = decodeCertificate(der);
    const built = buildTbsCertificate({
      ...tbs,
      signature: signatureScheme(tbs.signature),
      subjectPublicKeyInfo: tbs.subjectPublicKeyInfo.raw,
      extensions: tbs.extensions.map((extension) => {
        const row = Object.values(EXTENSIONS).find(({ oid }) => oid === extension.extnID)!;
        return encodeAgain(row as (typeof EXTENSIONS)['keyUsage'], extension);
      }),
    });
    assert.deepEqual(built, tbs.raw);
    assert.deepEqual(assembleCertificate(built, signatureScheme(signatureAlgorithm), signatureValue), der);
  });
}

function encodeAgain(
  row: (typeof EXTENSIONS)['keyUsage'],
  extension: Certificate['tbsCertificate']['extensions'][number],
) {
  return encodeExtension(row, row.codec.decode(extension.extnValue), extension.critical);
}

test('a certificate without extensions is of version 1', async () => {
  const key = await newPrivateKey();
  const scheme = defaultScheme(key.publicKey);
  const tbs = buildTbsCertificate({
    serialNumber: Uint8Array.of(1),
    signature: scheme,
    issuer: parseName('CN=a'),
    validity: { notBefore: new Date('2049-12-31T23:59:59Z'), notAfter: new Date('2050-01-01T00:00:00Z') },
    subject: parseName('CN=a'),
    subjectPublicKeyInfo: key.publicKey,
    extensions: [],
  });
  const certificate = decodeCertificate(await signCertificate(tbs, scheme, key));
  assert.equal(certificate.tbsCertificate.version, 1);
  assert.deepEqual(certificate.tbsCertificate.raw, tbs);
  assert.deepEqual(decodeTbsCertificate(tbs), { ...certificate.tbsCertificate });
  assert.ok(await isSignedBy(certificate, key.publicKey, nodeEngine));
  const text = formatHex(tbs);
  assert.ok(text.includes(`170d${formatHex(new TextEncoder().encode('491231235959Z'))}`), 'UTCTime through 2049');
  assert.ok(
    text.includes(`180f${formatHex(new TextEncoder().encode('20500101000000Z'))}`),
    'GeneralizedTime from 2050',
  );
});

test('a signature under another algorithm than the one inside does not count', async () => {
  const { tbsCertificate: tbs, signatureValue } = decodeCertificate(whitePaperIssuedCertificate());
  const forged = assembleCertificate(tbs.raw, { name: 'rsa-pkcs1', digest: 'sha256' }, signatureValue);
  const ca = decodeCertificate(whitePaperCaCertificate()).tbsCertificate.subjectPublicKeyInfo.raw;
  assert.equal(await isSignedBy(decodeCertificate(forged), ca, nodeEngine), false);
});

test('an unknown version, bytes left over and a cut certificate are refused', () => {
  const der = whitePaperCaCertificate();
  const fields = [explicit(0, integer(3)), integer(1)];
  assert.throws(() => decodeTbsCertificate(encodeDer(sequence(...fields))), HresultError);
  assert.throws(() => decodeCertificate(Uint8Array.of(...der, 0)), HresultError);
  assert.throws(() => decodeCertificate(der.subarray(0, -1)), HresultError);
});
