import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { lintCertificate } from '#pki/lint/lint';
import { decodeCertificate } from '#pki/x509/certificate';
import type { Extension } from '#pki/x509/extension';
import { EXTENSIONS, encodeExtension, extensionRow, extensionValue } from '#pki/x509/extensions/extension-table';
import { findUserPrincipalName, userPrincipalName } from '#pki/x509/general-name';
import { formatName } from '#pki/x509/name-text';
import { AuthorityWorld } from '#test/support/authority-world';
import { certificateText, verifyCertificate } from '#test/support/openssl';
import { newKey, pkcs10, type RequesterKey } from '#test/support/requester';
import { enrollmentFlag } from '../template/flags.ts';

let world: AuthorityWorld;
let key: RequesterKey;

before(async () => {
  world = await AuthorityWorld.create();
  key = await newKey(engine);
  await world.publish('KeyRecoveryAgent');
  await world.directory.addMember('CONTOSO\\Domain Admins', 'CONTOSO\\kra1');
});
after(() => world.close());

async function issue(name: string, template: string, extensions: readonly Extension[] = [], subject?: string) {
  const request = await pkcs10(engine, key, { extensions, ...(subject === undefined ? {} : { subject }) });
  const outcome = await (await world.as(name)).submit({ request, attributes: `CertificateTemplate:${template}` });
  if (outcome.disposition !== 'pending') return outcome;
  return (await world.as('Administrator')).resubmit(outcome.requestId);
}

/** `!` stands before what is critical. */
function extensionNames(certificate: Uint8Array): string[] {
  return decodeCertificate(certificate).tbsCertificate.extensions.map(
    ({ extnID, critical }) => `${critical ? '!' : ''}${extensionRow(extnID)?.name ?? extnID}`,
  );
}

const KEY_IDS = ['subjectKeyIdentifier', 'authorityKeyIdentifier'];
const PLACES = ['cRLDistributionPoints', 'authorityInfoAccess'];

const CASES: readonly {
  readonly template: string;
  readonly requester: string;
  readonly subject: string;
  readonly extensions: readonly string[];
  /** In openssl's words. */
  readonly text: readonly RegExp[];
}[] = [
  {
    template: 'User',
    requester: 'alice',
    subject: 'E=alice@contoso.com, CN=alice, CN=Users, DC=contoso, DC=com',
    extensions: [
      '!keyUsage',
      'sMIMECapabilities',
      'extKeyUsage',
      'szOID_ENROLL_CERTTYPE_EXTENSION',
      'subjectAltName',
      'szOID_NTDS_CA_SECURITY_EXT',
      ...KEY_IDS,
      ...PLACES,
    ],
    text: [
      /X509v3 Key Usage: critical\s+Digital Signature, Key Encipherment\n/,
      /Microsoft Encrypted File System, E-mail Protection, TLS Web Client Authentication/,
      /email:alice@contoso\.com/,
    ],
  },
  {
    template: 'EFS',
    requester: 'alice',
    subject: 'CN=alice, CN=Users, DC=contoso, DC=com',
    extensions: [
      '!keyUsage',
      'sMIMECapabilities',
      'extKeyUsage',
      'szOID_ENROLL_CERTTYPE_EXTENSION',
      'subjectAltName',
      'szOID_NTDS_CA_SECURITY_EXT',
      ...KEY_IDS,
      ...PLACES,
    ],
    text: [/X509v3 Key Usage: critical\s+Key Encipherment\n/, /Microsoft Encrypted File System\s*\n/],
  },
  {
    template: 'WebServer',
    requester: 'Administrator',
    subject: 'CN=www.contoso.com',
    extensions: [
      '!keyUsage',
      'extKeyUsage',
      'szOID_ENROLL_CERTTYPE_EXTENSION',
      'subjectAltName',
      ...KEY_IDS,
      ...PLACES,
    ],
    text: [/TLS Web Server Authentication\s*\n/, /DNS:www\.contoso\.com/],
  },
  {
    template: 'Machine',
    requester: 'WEB01$',
    subject: 'CN=web01.contoso.com',
    extensions: [
      '!keyUsage',
      'extKeyUsage',
      'szOID_ENROLL_CERTTYPE_EXTENSION',
      'subjectAltName',
      'szOID_NTDS_CA_SECURITY_EXT',
      ...KEY_IDS,
      ...PLACES,
    ],
    text: [/TLS Web Client Authentication, TLS Web Server Authentication/, /DNS:web01\.contoso\.com/],
  },
  {
    template: 'KeyRecoveryAgent',
    requester: 'kra1',
    subject: 'CN=kra1, CN=Users, DC=contoso, DC=com',
    extensions: [
      'keyUsage',
      'sMIMECapabilities',
      'extKeyUsage',
      'szOID_CERTIFICATE_TEMPLATE',
      'szOID_APPLICATION_CERT_POLICIES',
      'subjectAltName',
      'szOID_NTDS_CA_SECURITY_EXT',
      ...KEY_IDS,
      ...PLACES,
    ],
    text: [/1\.3\.6\.1\.4\.1\.311\.21\.6/, /X509v3 Key Usage:\s+Key Encipherment\n/],
  },
  {
    template: 'DomainController',
    requester: 'DC01$',
    subject: 'CN=dc01.contoso.com',
    extensions: [
      '!keyUsage',
      'sMIMECapabilities',
      'extKeyUsage',
      'szOID_ENROLL_CERTTYPE_EXTENSION',
      'subjectAltName',
      'szOID_NTDS_CA_SECURITY_EXT',
      ...KEY_IDS,
      ...PLACES,
    ],
    text: [/othername: 1\.3\.6\.1\.4\.1\.311\.25\.1/, /DNS:dc01\.contoso\.com/],
  },
  {
    template: 'SubCA',
    requester: 'Administrator',
    subject: 'CN=www.contoso.com',
    extensions: [
      '!keyUsage',
      'szOID_ENROLL_CERTTYPE_EXTENSION',
      '!basicConstraints',
      'subjectAltName',
      ...KEY_IDS,
      ...PLACES,
    ],
    text: [/X509v3 Basic Constraints: critical\s+CA:TRUE\s*\n/, /Digital Signature, Certificate Sign, CRL Sign/],
  },
];

for (const { template, requester, subject, extensions, text } of CASES) {
  test(`${template}: subject, extensions, their order and which are critical; lint and openssl agree`, async () => {
    const isOffline = template === 'WebServer' || template === 'SubCA';
    const outcome = await issue(
      requester,
      template,
      isOffline ? [encodeExtension(EXTENSIONS.subjectAltName, [{ type: 'dNSName', value: 'www.contoso.com' }])] : [],
      'CN=www.contoso.com',
    );
    assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
    const certificate = decodeCertificate(outcome.certificate!);
    assert.equal(formatName(certificate.tbsCertificate.subject), subject);
    assert.deepEqual(extensionNames(outcome.certificate!), extensions);
    const { current } = world.authority;
    assert.deepEqual(lintCertificate(certificate.tbsCertificate, current.certificate), []);
    const printed = certificateText(outcome.certificate!);
    for (const each of text) assert.match(printed, each);
    assert.match(verifyCertificate(outcome.certificate!, current.certificate.raw, world.now), /: OK$/m);

    const rows = await world.ports.database.extensions(outcome.requestId);
    assert.deepEqual(
      rows.map(({ ExtensionName, ExtensionRawValue }) => [ExtensionName, ExtensionRawValue]),
      certificate.tbsCertificate.extensions.map(({ extnID, extnValue }) => [extnID, extnValue]),
    );
  });
}

test('the row of a certificate says what the certificate says', async () => {
  const { certificate, requestId } = await issue('alice', 'User');
  const { tbsCertificate } = decodeCertificate(certificate!);
  const row = await world.ports.database.certificate(requestId);
  const serial = Buffer.from(tbsCertificate.serialNumber).toString('hex');
  assert.equal(row?.SerialNumber, serial);
  assert.equal(serial.length, 34);
  assert.equal(row?.CertificateHash, Buffer.from(await engine.digest('sha1', certificate!)).toString('hex'));
  assert.equal(row?.CertificateTemplate, 'User');
  assert.equal(row?.UPN, 'alice@contoso.com');
  assert.equal(row?.EMail, 'alice@contoso.com');
  assert.equal(row?.CommonName, 'alice\nUsers');
  assert.equal(row?.DomainComponent, 'contoso\ncom');
  assert.equal(row?.PublicKeyLength, 2048);
  assert.equal(row?.PublicKeyAlgorithm, '1.2.840.113549.1.1.1');
  // The bare RSAPublicKey, as AD CS keeps it; NULL parameters beside it.
  assert.deepEqual(row?.RawPublicKey, tbsCertificate.subjectPublicKeyInfo.subjectPublicKey);
  assert.deepEqual(row?.RawPublicKeyAlgorithmParameters, Uint8Array.of(5, 0));
  assert.deepEqual(row?.NotBefore, tbsCertificate.validity.notBefore);
  assert.deepEqual(row?.NotAfter, tbsCertificate.validity.notAfter);
});

test('version 1 is named by its name, version 2 by OID and version', async () => {
  const v1 = decodeCertificate((await issue('alice', 'EFS')).certificate!).tbsCertificate.extensions;
  assert.equal(extensionValue(v1, EXTENSIONS.enrollCertType), 'EFS');
  const { oid } = await world.addTemplate('EFS', 'EFS2');
  await world.publish('EFS2');
  const outcome = await issue('alice', 'EFS2');
  const v2 = decodeCertificate(outcome.certificate!).tbsCertificate.extensions;
  assert.deepEqual(extensionValue(v2, EXTENSIONS.certificateTemplate), {
    templateID: oid,
    templateMajorVersion: 100,
    templateMinorVersion: 0,
  });
  assert.equal(extensionValue(v2, EXTENSIONS.enrollCertType), undefined);
  assert.equal((await world.ports.database.certificate(outcome.requestId))?.CertificateTemplate, oid);
});

test('the holder is named by SID where the directory vouches for the subject, never where the enrollee wrote it', async () => {
  const { sid } = await world.principal('CONTOSO\\alice');
  const user = decodeCertificate((await issue('alice', 'User')).certificate!).tbsCertificate.extensions;
  assert.equal(extensionValue(user, EXTENSIONS.ntdsCaSecurity), sid);
  const other = encodeExtension(EXTENSIONS.ntdsCaSecurity, (await world.principal('CONTOSO\\Administrator')).sid);
  const forged = decodeCertificate((await issue('alice', 'User', [other])).certificate!).tbsCertificate.extensions;
  assert.equal(extensionValue(forged, EXTENSIONS.ntdsCaSecurity), sid);
  const web = decodeCertificate((await issue('Administrator', 'WebServer', [other])).certificate!);
  assert.equal(extensionValue(web.tbsCertificate.extensions, EXTENSIONS.ntdsCaSecurity), undefined);
});

test('ESC1, ESC6: neither subject nor alternative name comes from a request whose template does not say so', async () => {
  const san = encodeExtension(EXTENSIONS.subjectAltName, [userPrincipalName('administrator@contoso.com')]);
  const request = await pkcs10(engine, key, { subject: 'CN=Administrator', extensions: [san] });
  const outcome = await (await world.as('alice')).submit({
    request,
    attributes: 'CertificateTemplate:User\nSAN:upn=administrator@contoso.com\n',
  });
  const { subject, extensions } = decodeCertificate(outcome.certificate!).tbsCertificate;
  assert.match(formatName(subject), /CN=alice/);
  assert.equal(findUserPrincipalName(extensionValue(extensions, EXTENSIONS.subjectAltName)!), 'alice@contoso.com');

  const web = await (await world.as('Administrator')).submit({
    request: await pkcs10(engine, key, { subject: 'CN=www' }),
    attributes: 'CertificateTemplate:WebServer\nSAN:dns=evil.example\n',
  });
  const offered = decodeCertificate(web.certificate!).tbsCertificate.extensions;
  assert.equal(extensionValue(offered, EXTENSIONS.subjectAltName), undefined);
});

test('ESC15: application policies and purposes of the request are dropped', async () => {
  const agent = '1.3.6.1.4.1.311.20.2.1';
  const wanted = [
    encodeExtension(EXTENSIONS.applicationPolicies, [{ policyIdentifier: agent }]),
    encodeExtension(EXTENSIONS.extKeyUsage, [agent]),
    encodeExtension(EXTENSIONS.basicConstraints, { cA: true }),
  ];
  for (const template of ['WebServer', 'EFS2']) {
    const { certificate } = await issue('Administrator', template, wanted);
    const { extensions } = decodeCertificate(certificate!).tbsCertificate;
    assert.ok(!extensionValue(extensions, EXTENSIONS.extKeyUsage)!.includes(agent), template);
    const policies = extensionValue(extensions, EXTENSIONS.applicationPolicies) ?? [];
    assert.ok(!policies.some(({ policyIdentifier }) => policyIdentifier === agent), template);
    assert.equal(extensionValue(extensions, EXTENSIONS.basicConstraints), undefined, template);
  }
});

test('S/MIME capabilities of the request are taken over; what is none is an error of the request', async () => {
  const offered = [{ capabilityID: '1.2.840.113549.3.7', parameters: undefined }];
  const { certificate } = await issue('alice', 'User', [encodeExtension(EXTENSIONS.sMIMECapabilities, offered)]);
  const { extensions } = decodeCertificate(certificate!).tbsCertificate;
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.sMIMECapabilities), offered);
  const garbage = { extnID: EXTENSIONS.sMIMECapabilities.oid, critical: true, extnValue: Uint8Array.of(1, 2, 3) };
  assert.equal((await issue('alice', 'User', [garbage])).disposition, 'denied');
});

test('no revocation information where nobody looks for it, and OCSP no-check says so', async () => {
  await world.addTemplate('EFS', 'NoCheck', { enrollmentFlags: enrollmentFlag('CT_FLAG_ADD_OCSP_NOCHECK') });
  await world.publish('NoCheck');
  const names = extensionNames((await issue('alice', 'NoCheck')).certificate!);
  assert.ok(names.includes('ocsp-nocheck'), names.join());
  for (const place of PLACES) assert.ok(!names.includes(place));
});

test('an EC key agrees where an RSA key enciphers', async () => {
  key = await newKey(engine, { type: 'ec', curve: 'P-384' });
  try {
    const { certificate, dispositionMessage } = await issue('alice', 'User');
    assert.ok(certificate, dispositionMessage);
    assert.match(certificateText(certificate), /Key Usage: critical\s+Digital Signature, Key Agreement\n/);
  } finally {
    key = await newKey(engine);
  }
});

test("validity: the template, the CA's ValidityPeriod and the end of its certificate each cap it", async () => {
  const admin = await world.as('Administrator');
  const life = async (template: string) => {
    const { certificate } = await issue('Administrator', template, [], 'CN=life');
    const { notBefore, notAfter } = decodeCertificate(certificate!).tbsCertificate.validity;
    return { notBefore, notAfter, days: (notAfter.getTime() - notBefore.getTime()) / 86_400_000 };
  };
  const shorter =
    /^Issued {2}The certificate validity period will be shorter than the Subordinate Certification Authority Certificate Template specifies, because /;
  assert.match((await issue('Administrator', 'SubCA')).dispositionMessage, shorter);
  assert.equal((await issue('Administrator', 'EFS2')).dispositionMessage, 'Issued');
  const efs = await life('EFS2');
  assert.equal(efs.days, 365);
  // ClockSkewMinutes.
  assert.equal(efs.notBefore.getTime(), world.now.getTime() - 10 * 60_000);
  // Five years in the template, two in the configuration.
  const sub = await life('SubCA');
  assert.equal(sub.notAfter.toISOString(), '2028-11-21T08:50:00.000Z');
  await admin.setRegistry({ path: '', name: 'ValidityPeriodUnits', value: { type: 'REG_DWORD', data: 10 } });
  assert.equal((await life('SubCA')).days, 5 * 365);
  assert.equal((await issue('Administrator', 'SubCA')).dispositionMessage, 'Issued');
  await admin.setRegistry({ path: '', name: 'ClockSkewMinutes', value: { type: 'REG_DWORD', data: 0 } });
  const before = world.now;
  const caEnd = world.authority.current.certificate.tbsCertificate.validity.notAfter;
  world.now = new Date(caEnd.getTime() - 60 * 86_400_000);
  await admin.publishCrl();
  assert.deepEqual((await life('EFS2')).notAfter, caEnd);
  // Document 003: within the overlap of six weeks the certificate would be up for renewal at once.
  world.now = new Date(caEnd.getTime() - 41 * 86_400_000);
  await admin.publishCrl();
  const short = await issue('Administrator', 'EFS2');
  assert.equal(short.disposition, 'denied');
  assert.equal(short.statusCode, 0x80094814);
  world.now = new Date(caEnd.getTime() + 1000);
  const late = await issue('Administrator', 'EFS2');
  assert.equal(late.disposition, 'denied');
  assert.equal(late.statusCode, 0x800b0101);
  world.now = before;
  await admin.publishCrl({ force: true });
});

test('what is issued stands in the directory where the template says so', async () => {
  const { certificate } = await issue('alice', 'User');
  const published = await world.publishedCertificates('CONTOSO\\alice');
  assert.ok(published.some((value) => Buffer.compare(value, certificate!) === 0));
  const machine = await issue('WEB01$', 'Machine');
  assert.equal(machine.disposition, 'issued');
  assert.deepEqual(await world.publishedCertificates('CONTOSO\\WEB01$'), []);
});
