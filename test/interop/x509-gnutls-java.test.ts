/** Our certificates, CRLs and requests, read by GnuTLS and by Java; theirs, read by us. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { encodePem } from '#pki/asn1/pem';
import { nodeEngine } from '#pki/crypto/node/engine';
import { defaultScheme } from '#pki/crypto/signature-algorithm';
import { decodeCertificate, isSignedBy } from '#pki/x509/certificate';
import { decodeCertificateList, isCertificateListSignedBy } from '#pki/x509/certificate-list';
import {
  buildCertificationRequestInfo,
  decodeCertificationRequest,
  extensionRequest,
  isSignedByOwnKey,
  requestedExtensions,
  signCertificationRequest,
} from '#pki/x509/certification-request';
import { urlDistributionPoint } from '#pki/x509/extensions/crl-distribution-points';
import { EXTENSIONS, encodeExtension, extensionValue } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { userPrincipalName } from '#pki/x509/general-name';
import { formatName, parseName } from '#pki/x509/name-text';
import { issue, issueCrl, newPrivateKey } from '#test/support/x509-hierarchy';
import { Folder } from './cms-parties.ts';

const folder = new Folder();
after(() => folder.remove());

// certtool judges by the clock of the machine.
const day = 86_400_000;
const today = Math.floor(Date.now() / day) * day;
const validity = { notBefore: new Date(today - day), notAfter: new Date(today + 30 * day) };
const ca = await issue({
  subject: 'CN=Root, O=Example',
  cA: true,
  key: await newPrivateKey({ type: 'rsa', modulusLength: 2048 }),
  validity,
});
const user = await issue({
  subject: 'E=user1@contoso.com, CN=user1, CN=Users, DC=contoso, DC=com',
  issuer: ca,
  validity,
  extensions: [
    encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.digitalSignature | KEY_USAGE.keyAgreement),
    encodeExtension(EXTENSIONS.extKeyUsage, ['1.3.6.1.5.5.7.3.4']),
    encodeExtension(EXTENSIONS.subjectAltName, [
      userPrincipalName('user1@contoso.com'),
      { type: 'rfc822Name', value: 'user1@contoso.com' },
    ]),
    encodeExtension(EXTENSIONS.cRLDistributionPoints, [urlDistributionPoint(['http://pki.contoso.com/root.crl'])]),
    encodeExtension(EXTENSIONS.certificatePolicies, [{ policyIdentifier: '1.2.3.4' }]),
    encodeExtension(EXTENSIONS.certificateTemplate, {
      templateID: '1.3.6.1.4.1.311.21.8.1',
      templateMajorVersion: 100,
    }),
  ],
});
const list = await issueCrl(ca, {
  number: 4660n,
  thisUpdate: validity.notBefore,
  nextUpdate: validity.notAfter,
  revokedCertificates: [
    {
      userCertificate: Uint8Array.of(0, 0xab, 0xcd),
      revocationDate: new Date('2026-05-05T01:02:03Z'),
      crlEntryExtensions: [encodeExtension(EXTENSIONS.reasonCode, 1)],
    },
  ],
});
const requester = await newPrivateKey();
const request = await signCertificationRequest(
  buildCertificationRequestInfo({
    subject: parseName('CN=requester, O="Example, Inc."'),
    subjectPKInfo: requester.publicKey,
    attributes: [
      extensionRequest([encodeExtension(EXTENSIONS.subjectAltName, [{ type: 'dNSName', value: 'h.example.org' }])]),
    ],
  }),
  defaultScheme(requester.publicKey),
  requester,
);
folder.write('ca.pem', encodePem('CERTIFICATE', ca.certificate.raw));
folder.write('user.pem', encodePem('CERTIFICATE', user.certificate.raw));
folder.write('list.pem', encodePem('X509 CRL', list.raw));
folder.write('request.pem', encodePem('NEW CERTIFICATE REQUEST', request));

function assertAll(text: string, ...expected: readonly string[]): void {
  for (const each of expected) assert.ok(text.includes(each), `${each} in\n${text}`);
}

test('GnuTLS prints our certificate and verifies its chain', () => {
  const text = folder.run('certtool --certificate-info --infile user.pem');
  assertAll(
    text,
    'Version: 3',
    'EMAIL=user1@contoso.com,CN=user1,CN=Users,DC=contoso,DC=com',
    'RFC822Name: user1@contoso.com',
    'Email protection.',
    'URI: http://pki.contoso.com/root.crl',
    '1.2.3.4',
  );
  const verdict = folder.run('certtool --verify --load-ca-certificate ca.pem --infile user.pem');
  assertAll(verdict, 'The certificate is trusted.');
});

test('GnuTLS prints and verifies our CRL', () => {
  assertAll(
    folder.run('certtool --crl-info --infile list.pem'),
    'Version: 2',
    'Issuer: CN=Root,O=Example',
    'Serial Number (hex): 00abcd',
    'CRL Number (not critical): 1234',
  );
  const verdict = folder.run('certtool --verify-crl --load-ca-certificate ca.pem --infile list.pem');
  assertAll(verdict, 'Verified');
});

test('GnuTLS prints our request and finds its signature good', () => {
  assertAll(
    folder.run('certtool --crq-info --infile request.pem'),
    'Subject: CN=requester,O=Example\\, Inc.',
    'DNSname: h.example.org',
    'Self signature: verified',
  );
});

test("GnuTLS's certificate, CRL and request are read", async () => {
  folder.write(
    'template',
    'cn = "Größe"\no = "Example"\nserial = 4097\nca\ncert_signing_key\ncrl_signing_key\nexpiration_days = 100\ndns_name = "h.example.org"\nuri = "http://x/"\nip_address = "192.0.2.1"\ncrl_dist_points = "http://x/c.crl"\nocsp_uri = "http://ocsp/"\npath_len = 1\nnc_permit_dns = "example.org"\ncrl_next_update = 30\ncrl_number = 7\n',
  );
  folder.run('certtool --generate-privkey --key-type ecdsa --curve secp256r1 --outfile g.key');
  folder.run('certtool --generate-self-signed --load-privkey g.key --template template --outder --outfile g.der');
  const certificate = decodeCertificate(folder.read('g.der'));
  const { tbsCertificate: tbs } = certificate;
  assert.ok(await isSignedBy(certificate, tbs.subjectPublicKeyInfo, nodeEngine));
  assert.match(formatName(tbs.subject), /CN=Größe/);
  assert.deepEqual(extensionValue(tbs.extensions, EXTENSIONS.basicConstraints), { cA: true, pathLenConstraint: 1 });
  assert.equal(extensionValue(tbs.extensions, EXTENSIONS.keyUsage), KEY_USAGE.keyCertSign | KEY_USAGE.cRLSign);
  assert.equal(extensionValue(tbs.extensions, EXTENSIONS.nameConstraints)!.permittedSubtrees!.length, 1);

  folder.run('openssl x509 -inform DER -in g.der -out g.pem');
  folder.run(
    'certtool --generate-crl --load-ca-privkey g.key --load-ca-certificate g.pem --load-certificate user.pem --template template --outder --outfile g.crl',
  );
  const crl = decodeCertificateList(folder.read('g.crl'));
  assert.ok(await isCertificateListSignedBy(crl, tbs.subjectPublicKeyInfo, nodeEngine));
  assert.equal(extensionValue(crl.tbsCertList.crlExtensions, EXTENSIONS.cRLNumber), 7n);
  assert.ok(crl.tbsCertList.revokedCertificates.find(user.certificate.tbsCertificate.serialNumber));

  folder.run('certtool --generate-request --load-privkey g.key --template template --outder --outfile g.csr');
  const read = decodeCertificationRequest(folder.read('g.csr'));
  assert.ok(await isSignedByOwnKey(read, nodeEngine));
  assert.ok(extensionValue(requestedExtensions(read), EXTENSIONS.subjectAltName));
});

test('Java prints our certificate, CRL and request', () => {
  assertAll(
    folder.run('keytool -J-Duser.language=en -printcert -file user.pem'),
    'Owner: EMAILADDRESS=user1@contoso.com, CN=user1, CN=Users, DC=contoso, DC=com',
    'Issuer: CN=Root, O=Example',
    'Signature algorithm name: SHA256withRSA',
    'Version: 3',
    'RFC822Name: user1@contoso.com',
    'URIName: http://pki.contoso.com/root.crl',
    'Key_Agreement',
    '1.3.6.1.4.1.311.21.7',
  );
  folder.run('keytool -importcert -noprompt -keystore ca.p12 -storepass secret1 -alias authority -file ca.pem');
  assertAll(
    folder.run('keytool -J-Duser.language=en -printcrl -file list.pem -keystore ca.p12 -storepass secret1'),
    'CN=Root, O=Example',
    'SerialNumber: 00:ab:cd',
    'KEY_COMPROMISE',
    'Verified by authority in keystore',
  );
  assertAll(
    folder.run('keytool -J-Duser.language=en -printcertreq -file request.pem'),
    'Subject: CN=requester, O="Example, Inc."',
    'DNSName: h.example.org',
  );
});

test("Java's certificate and request are read", async () => {
  const store = '-keystore k.p12 -storepass secret1 -alias a';
  folder.run(
    `keytool -genkeypair ${store} -keyalg EC -groupname secp384r1 -validity 30 -ext bc:c=ca:true,pathlen:0 -ext ku:c=keyCertSign,cRLSign -ext san=dns:h.example.org -dname`,
    'CN=J, O="Example, Inc.", C=US',
  );
  folder.run(`keytool -exportcert ${store} -file j.der`);
  const certificate = decodeCertificate(folder.read('j.der'));
  const { tbsCertificate: tbs } = certificate;
  assert.ok(await isSignedBy(certificate, tbs.subjectPublicKeyInfo, nodeEngine));
  assert.equal(formatName(tbs.subject), 'CN=J, O="Example, Inc.", C=US');
  assert.deepEqual(extensionValue(tbs.extensions, EXTENSIONS.basicConstraints), { cA: true, pathLenConstraint: 0 });
  folder.run(`keytool -certreq ${store} -ext san=dns:r.example.org -file j.csr`);
  folder.run('openssl req -in j.csr -outform DER -out jreq.der');
  const read = decodeCertificationRequest(folder.read('jreq.der'));
  assert.ok(await isSignedByOwnKey(read, nodeEngine));
  assert.deepEqual(extensionValue(requestedExtensions(read), EXTENSIONS.subjectAltName), [
    { type: 'dNSName', value: 'r.example.org' },
  ]);
});
