/** Certificates, CRLs and requests made by openssl, read by us and built again byte for byte. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { nodeEngine } from '#pki/crypto/node/engine';
import { publicKeyKind } from '#pki/crypto/public-key';
import { signatureScheme } from '#pki/crypto/signature-algorithm';
import {
  assembleCertificate,
  buildTbsCertificate,
  type Certificate,
  decodeCertificate,
  isSignedBy,
} from '#pki/x509/certificate';
import {
  assembleCertificateList,
  buildTbsCertList,
  type CertificateList,
  decodeCertificateList,
  isCertificateListSignedBy,
} from '#pki/x509/certificate-list';
import {
  buildCertificationRequestInfo,
  decodeCertificationRequest,
  isSignedByOwnKey,
  requestedExtensions,
} from '#pki/x509/certification-request';
import type { Extension } from '#pki/x509/extension';
import { EXTENSIONS, encodeExtension, extensionRow, extensionValue } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { keyIdentifier } from '#pki/x509/key-identifier';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';
import { assembleSigned } from '#pki/x509/signed';
import { EC, Folder, RSA_2048 } from './cms-parties.ts';

const folder = new Folder();
after(() => folder.remove());

const DN =
  '[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nC=US\nO=Example, Inc.\nOU=a+b\nCN=Jürgen \\"Q\\" <x>\nemailAddress=j@example.org\n';

/** Every extension of `list` decoded and encoded by its row. */
function encodeAgain(list: readonly Extension[]): Extension[] {
  return list.map((extension) => {
    const row = extensionRow(extension.extnID);
    assert.ok(row, extension.extnID);
    return encodeExtension(row, row.codec.decode(extension.extnValue), extension.critical);
  });
}

function assertBuiltAgain({ raw, tbsCertificate: tbs, signatureAlgorithm, signatureValue }: Certificate): void {
  const built = buildTbsCertificate({
    ...tbs,
    signature: signatureScheme(tbs.signature),
    subjectPublicKeyInfo: tbs.subjectPublicKeyInfo.raw,
    extensions: encodeAgain(tbs.extensions),
  });
  assert.deepEqual(built, tbs.raw);
  assert.deepEqual(assembleCertificate(built, signatureScheme(signatureAlgorithm), signatureValue), raw);
}

function assertListBuiltAgain({ raw, tbsCertList: tbs, signatureAlgorithm, signatureValue }: CertificateList): void {
  const built = buildTbsCertList({
    ...tbs,
    signature: signatureScheme(tbs.signature),
    nextUpdate: tbs.nextUpdate!,
    revokedCertificates: [...tbs.revokedCertificates].map((entry) => ({
      ...entry,
      crlEntryExtensions: encodeAgain(entry.crlEntryExtensions),
    })),
    crlExtensions: encodeAgain(tbs.crlExtensions),
  });
  assert.deepEqual(built, tbs.raw);
  assert.deepEqual(assembleCertificateList(built, signatureScheme(signatureAlgorithm), signatureValue), raw);
}

const KEYS = [
  [RSA_2048, 'rsa', 2048, 'sha256'],
  ['rsa:3072', 'rsa', 3072, 'sha512'],
  [EC('P-256'), 'ec', 256, 'sha256'],
  [EC('P-384'), 'ec', 384, 'sha384'],
  [EC('P-521'), 'ec', 521, 'sha1'],
] as const;

for (const [newKey, type, bits, digest] of KEYS) {
  test(`openssl's certificate: ${newKey} with ${digest}`, async () => {
    folder.write('dn.cnf', DN);
    folder.run(
      `openssl req -config dn.cnf -utf8 -x509 -nodes -newkey ${newKey} -${digest} -keyout k.pem -outform DER -out c.der -days 30000`,
      '-addext',
      'subjectKeyIdentifier=hash',
    );
    const certificate = decodeCertificate(folder.read('c.der'));
    const { tbsCertificate: tbs } = certificate;
    const kind = publicKeyKind(tbs.subjectPublicKeyInfo);
    assert.deepEqual([kind.type, kind.bits], [type, bits]);
    assert.equal(signatureScheme(tbs.signature).digest, digest);
    assert.equal(formatName(tbs.subject), 'E=j@example.org, CN="Jürgen ""Q"" <x>", OU="a+b", O="Example, Inc.", C=US');
    assert.ok(tbs.validity.notAfter.getUTCFullYear() >= 2100);
    const [serial, notAfter] = folder.run('openssl x509 -inform DER -in c.der -noout -serial -enddate').split('\n');
    assert.equal(`serial=${formatSerial(tbs.serialNumber).toUpperCase()}`, serial);
    assert.equal(tbs.validity.notAfter.getTime(), Date.parse(notAfter!.replace('notAfter=', '')));
    assert.deepEqual(
      extensionValue(tbs.extensions, EXTENSIONS.subjectKeyIdentifier),
      await keyIdentifier(tbs.subjectPublicKeyInfo, nodeEngine),
    );
    assert.ok(await isSignedBy(certificate, tbs.subjectPublicKeyInfo, nodeEngine));
    assertBuiltAgain(certificate);
  });
}

test("openssl's RSASSA-PSS certificate", async () => {
  folder.write('dn.cnf', DN);
  folder.run(
    'openssl req -config dn.cnf -utf8 -x509 -nodes -newkey rsa:2048 -sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:48 -keyout k.pem -outform DER -out c.der',
  );
  const certificate = decodeCertificate(folder.read('c.der'));
  assert.ok(await isSignedBy(certificate, certificate.tbsCertificate.subjectPublicKeyInfo, nodeEngine));
  assertBuiltAgain(certificate);
});

test("openssl's version 1 certificate", async () => {
  folder.write('dn.cnf', DN);
  folder.run('openssl req -config dn.cnf -utf8 -new -nodes -newkey rsa:2048 -keyout k.pem -out r.pem');
  folder.run('openssl x509 -req -in r.pem -signkey k.pem -outform DER -out c.der');
  const certificate = decodeCertificate(folder.read('c.der'));
  assert.equal(certificate.tbsCertificate.version, 1);
  assert.ok(await isSignedBy(certificate, certificate.tbsCertificate.subjectPublicKeyInfo, nodeEngine));
  assertBuiltAgain(certificate);
});

/** Rows as a section of openssl's configuration: by name where openssl knows the extension, else by its ASN.1. */
const CERTIFICATE_ROWS = `
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid:always,issuer:always
keyUsage=critical,digitalSignature,keyAgreement,keyCertSign,cRLSign,decipherOnly
extendedKeyUsage=emailProtection,1.3.6.1.4.1.311.10.3.4
basicConstraints=critical,CA:TRUE,pathlen:2
subjectAltName=otherName:1.3.6.1.4.1.311.20.2.3;UTF8:jürgen@contoso.com,email:a@b.org,DNS:h.org,URI:http://h/,IP:192.0.2.1,IP:2001:db8::1,RID:1.2.3.4,dirName:name
issuerAltName=URI:http://issuer/
crlDistributionPoints=point,other
freshestCRL=URI:http://delta/
authorityInfoAccess=caIssuers;URI:http://ca/,OCSP;URI:http://ocsp/
subjectInfoAccess=1.3.6.1.5.5.7.48.5;URI:http://repository/
certificatePolicies=1.2.3.4,@policy
policyMappings=1.2.3.4:1.2.3.5
policyConstraints=critical,requireExplicitPolicy:3,inhibitPolicyMapping:0
inhibitAnyPolicy=critical,2
nameConstraints=critical,permitted;DNS:example.org,permitted;IP:192.0.2.0/255.255.255.0,excluded;email:.example.com,excluded;dirName:name
noCheck=ignored
1.2.840.113549.1.9.15=ASN1:SEQUENCE:smime
1.3.6.1.4.1.311.20.2=ASN1:BMPSTRING:User
1.3.6.1.4.1.311.21.7=ASN1:SEQUENCE:template
1.3.6.1.4.1.311.21.10=ASN1:SEQUENCE:application
1.3.6.1.4.1.311.21.11=ASN1:SEQUENCE:mappings
1.3.6.1.4.1.311.21.12=ASN1:SEQUENCE:constraints
1.3.6.1.4.1.311.25.2=ASN1:SEQUENCE:sid
1.3.6.1.4.1.311.10.9.1=ASN1:SEQUENCE:cross
1.3.6.1.4.1.311.21.1=ASN1:INTEGER:65538
1.3.6.1.4.1.311.21.2=ASN1:FORMAT:HEX,OCTETSTRING:0102030405
[point]
fullname=URI:ldap:///x,URI:http://h/c.crl
CRLissuer=dirName:name
reasons=keyCompromise,AACompromise
[other]
relativename=relative
[relative]
CN=relative
[name]
O=Example
CN=Directory
[policy]
policyIdentifier=1.2.3.5
CPS.1=http://cps/
userNotice.1=@notice
[notice]
explicitText=UTF8:Says what it says
organization=Example
noticeNumbers=1,2
[smime]
a=SEQUENCE:rc2
b=SEQUENCE:aes
[rc2]
id=OID:1.2.840.113549.3.2
length=INTEGER:128
[aes]
id=OID:2.16.840.1.101.3.4.1.42
[template]
id=OID:1.3.6.1.4.1.311.21.8.1.2.3
major=INTEGER:100
minor=INTEGER:4
[application]
a=SEQUENCE:usage
[usage]
id=OID:1.3.6.1.4.1.311.10.3.4
[mappings]
a=SEQUENCE:mapping
[mapping]
a=OID:1.2.3.4
b=OID:1.2.3.5
[constraints]
a=IMPLICIT:0,INTEGER:1
[cross]
a=INTEGER:300
b=SEQUENCE:cross_points
[cross_points]
a=SEQUENCE:cross_names
[cross_names]
a=IMPLICIT:6,IA5STRING:http://h/c.cer
[sid]
a=IMPLICIT:0,SEQUENCE:sid_name
[sid_name]
id=OID:1.3.6.1.4.1.311.25.2.1
value=EXPLICIT:0,OCTETSTRING:S-1-5-21-1-2-3-1104
`;

const CRL_ROWS = `
authorityKeyIdentifier=keyid:always
issuerAltName=URI:http://issuer/
freshestCRL=URI:http://delta/
2.5.29.27=critical,ASN1:INTEGER:4
issuingDistributionPoint=critical,@scope
1.3.6.1.4.1.311.21.1=ASN1:INTEGER:65538
1.3.6.1.4.1.311.21.3=ASN1:INTEGER:4
1.3.6.1.4.1.311.21.4=ASN1:UTCTIME:261121100000Z
1.3.6.1.4.1.311.21.14=ASN1:SEQUENCE:self
[scope]
fullname=URI:http://h/c.crl
onlyuser=TRUE
indirectCRL=TRUE
onlysomereasons=keyCompromise,CACompromise
[self]
a=SEQUENCE:self_point
[self_point]
a=EXPLICIT:0,IMPLICIT:0,SEQUENCE:self_names
[self_names]
a=IMPLICIT:6,IA5STRING:http://h/c.crl
`;

function opensslCertificate(): Certificate {
  folder.write('all.cnf', `${DN}[all]${CERTIFICATE_ROWS}`);
  folder.run(
    'openssl req -config all.cnf -utf8 -x509 -nodes -newkey rsa:2048 -extensions all -keyout ca.key -out ca.pem',
  );
  folder.run('openssl x509 -in ca.pem -outform DER -out ca.der');
  return decodeCertificate(folder.read('ca.der'));
}

function opensslList(): CertificateList {
  const index = ['keyCompromise', 'superseded', 'certificateHold', ''].map((reason, i) => {
    const revoked = `26050${i + 1}000000Z${reason === '' ? '' : `,${reason}`}`;
    return `R\t300101000000Z\t${revoked}\t0${i + 1}${'AB'.repeat(i * 5)}\tunknown\t/CN=${i}\n`;
  });
  folder.write('index.txt', index.join(''));
  folder.write('number', '012C\n');
  folder.write(
    'ca.cnf',
    `[ca]\ndefault_ca=ca_\n[ca_]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=7\n[all]${CRL_ROWS}`,
  );
  folder.run('openssl ca -config ca.cnf -gencrl -crlexts all -keyfile ca.key -cert ca.pem -out crl.pem');
  folder.run('openssl crl -in crl.pem -outform DER -out crl.der');
  return decodeCertificateList(folder.read('crl.der'));
}

test('every row of the extension table reads what openssl writes, and writes the same', async () => {
  const certificate = opensslCertificate();
  const list = opensslList();
  const { extensions, subjectPublicKeyInfo } = certificate.tbsCertificate;
  const { crlExtensions, revokedCertificates } = list.tbsCertList;
  const met = [...extensions, ...crlExtensions, ...[...revokedCertificates].flatMap((each) => each.crlEntryExtensions)];
  const missing = Object.entries(EXTENSIONS).filter(([, { oid }]) => !met.some(({ extnID }) => extnID === oid));
  assert.deepEqual(missing, []);
  assertBuiltAgain(certificate);
  assertListBuiltAgain(list);
  assert.ok(await isSignedBy(certificate, subjectPublicKeyInfo, nodeEngine));
  assert.ok(await isCertificateListSignedBy(list, subjectPublicKeyInfo, nodeEngine));

  assert.equal(
    extensionValue(extensions, EXTENSIONS.keyUsage),
    KEY_USAGE.digitalSignature |
      KEY_USAGE.keyAgreement |
      KEY_USAGE.keyCertSign |
      KEY_USAGE.cRLSign |
      KEY_USAGE.decipherOnly,
  );
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.basicConstraints), { cA: true, pathLenConstraint: 2 });
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.policyConstraints), {
    requireExplicitPolicy: 3,
    inhibitPolicyMapping: 0,
  });
  assert.deepEqual(
    extensionValue(extensions, EXTENSIONS.subjectAltName)!.map(({ type }) => type),
    [
      'otherName',
      'rfc822Name',
      'dNSName',
      'uniformResourceIdentifier',
      'iPAddress',
      'iPAddress',
      'registeredID',
      'directoryName',
    ],
  );
  const [point, other] = extensionValue(extensions, EXTENSIONS.cRLDistributionPoints)!;
  assert.equal(point!.reasons, 0x8040);
  assert.ok('nameRelativeToCRLIssuer' in other!.distributionPoint!);
  const constraints = extensionValue(extensions, EXTENSIONS.nameConstraints)!;
  assert.deepEqual([constraints.permittedSubtrees!.length, constraints.excludedSubtrees!.length], [2, 2]);
  assert.equal(extensionValue(extensions, EXTENSIONS.ntdsCaSecurity), 'S-1-5-21-1-2-3-1104');
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.caVersion), { certIndex: 2, keyIndex: 1 });
  assert.equal(extensionValue(extensions, EXTENSIONS.enrollCertType), 'User');

  assert.equal(extensionValue(crlExtensions, EXTENSIONS.cRLNumber), 300n);
  const scope = extensionValue(crlExtensions, EXTENSIONS.issuingDistributionPoint)!;
  assert.deepEqual([scope.onlyContainsUserCerts, scope.indirectCRL, scope.onlySomeReasons], [true, true, 0x60]);
  assert.equal(extensionValue(crlExtensions, EXTENSIONS.crlNextPublish)!.toISOString(), '2026-11-21T10:00:00.000Z');
  assert.deepEqual(
    [...revokedCertificates].map((each) => extensionValue(each.crlEntryExtensions, EXTENSIONS.reasonCode)),
    [1, 4, 6, undefined],
  );
});

test("openssl's request, with both attributes that ask for extensions", async () => {
  for (const [newKey] of KEYS) {
    folder.write(
      'req.cnf',
      `${DN.replace('[dn]', 'attributes=attributes\nreq_extensions=ext\n[attributes]\nchallengePassword=secret\n[ext]\nkeyUsage=keyEncipherment\n[dn]')}`,
    );
    folder.run(`openssl req -config req.cnf -utf8 -new -nodes -newkey ${newKey} -keyout k.pem -outform DER -out r.der`);
    const der = folder.read('r.der');
    const request = decodeCertificationRequest(der);
    const { certificationRequestInfo: info, signatureAlgorithm, signature } = request;
    assert.ok(await isSignedByOwnKey(request, nodeEngine));
    assert.equal(extensionValue(requestedExtensions(request), EXTENSIONS.keyUsage), KEY_USAGE.keyEncipherment);
    assert.equal(info.attributes.length, 2);
    const built = buildCertificationRequestInfo({ ...info, subjectPKInfo: info.subjectPKInfo.raw });
    assert.deepEqual(assembleSigned(built, signatureScheme(signatureAlgorithm), signature), der);
  }
});
