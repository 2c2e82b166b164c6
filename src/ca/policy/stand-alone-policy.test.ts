import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { szOID_RENEWAL_CERTIFICATE } from '#pki/asn1/oid-table';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { attribute } from '#pki/x509/attribute';
import { decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, encodeExtension, extensionValue } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { formatName } from '#pki/x509/name-text';
import { AuthorityWorld } from '#test/support/authority-world';
import { verifyCertificate } from '#test/support/openssl';
import { newKey, pkcs7Request, pkcs10, type RequesterKey } from '#test/support/requester';
import { POLICY_MODULE } from '../config/registry-values.ts';

let world: AuthorityWorld;
let key: RequesterKey;

before(async () => {
  world = await AuthorityWorld.create({ installation: { caType: 'stand-alone root' } });
  key = await newKey(engine);
});
after(() => world.close());

const submit = async (request: Uint8Array) => (await world.as('alice')).submit({ request, attributes: '' });

test('requests wait for a manager; what he approves is what was asked for', async () => {
  const request = await pkcs10(engine, key, {
    subject: 'CN=www.example.com, O=Example',
    extensions: [
      encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.digitalSignature),
      encodeExtension(EXTENSIONS.extKeyUsage, ['1.3.6.1.5.5.7.3.1']),
      encodeExtension(EXTENSIONS.subjectAltName, [{ type: 'dNSName', value: 'www.example.com' }]),
      // The CA's own business, whatever a request says.
      encodeExtension(EXTENSIONS.authorityKeyIdentifier, { keyIdentifier: new Uint8Array(20) }),
      encodeExtension(EXTENSIONS.ntdsCaSecurity, 'S-1-5-21-1-2-3-500'),
    ],
  });
  const pending = await submit(request);
  assert.equal(pending.disposition, 'pending', pending.dispositionMessage);
  assert.equal(pending.dispositionMessage, 'Taken Under Submission');
  const { certificate } = await (await world.as('Administrator')).resubmit(pending.requestId);
  const { subject, extensions, validity } = decodeCertificate(certificate!).tbsCertificate;
  assert.equal(formatName(subject), 'CN=www.example.com, O=Example');
  assert.equal(extensionValue(extensions, EXTENSIONS.keyUsage), KEY_USAGE.digitalSignature);
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.extKeyUsage), ['1.3.6.1.5.5.7.3.1']);
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.subjectAltName), [
    { type: 'dNSName', value: 'www.example.com' },
  ]);
  assert.equal(extensionValue(extensions, EXTENSIONS.ntdsCaSecurity), undefined);
  assert.notDeepEqual(extensionValue(extensions, EXTENSIONS.authorityKeyIdentifier)?.keyIdentifier, new Uint8Array(20));
  // ValidityPeriod of a stand-alone CA: one year.
  assert.equal(validity.notAfter.toISOString(), '2027-11-21T08:50:00.000Z');
  assert.match(verifyCertificate(certificate!, world.authority.current.certificate.raw, world.now), /: OK$/m);
  assert.equal((await world.ports.database.certificate(pending.requestId))?.CertificateTemplate, null);
});

test('a CA certificate is not had by asking, and a nameless one neither', async () => {
  const wanted = [
    encodeExtension(EXTENSIONS.basicConstraints, { cA: true }),
    encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.keyCertSign),
  ];
  const ca = await submit(await pkcs10(engine, key, { extensions: wanted }));
  assert.equal(ca.disposition, 'denied');
  assert.equal(ca.statusCode, 0x80094001);
  assert.equal((await submit(await pkcs10(engine, key, { subject: '' }))).statusCode, 0x80094001);
  // Signing certificates without being a CA: lint finds it before the key is used.
  const signer = await submit(await pkcs10(engine, key, { extensions: wanted.slice(1) }));
  const outcome = await (await world.as('Administrator')).resubmit(signer.requestId);
  assert.equal(outcome.disposition, 'error');
  assert.equal(outcome.statusCode, 0x800b0108);
  assert.equal(await world.ports.database.certificate(signer.requestId), undefined);
  assert.deepEqual(await world.ports.database.signings(), []);
});

test('templates are none of its business, but for CAExchange', async () => {
  const admin = await world.as('Administrator');
  assert.deepEqual(await admin.templates(), []);
  await assert.rejects(admin.setTemplates(['User']), { symbol: 'ERROR_NOT_SUPPORTED' });
  const { enterprise } = world.authority;
  assert.equal(enterprise, false);
  const { tbsCertificate } = decodeCertificate((await admin.exchangeCertificate()).certificate);
  assert.equal(extensionValue(tbsCertificate.extensions, EXTENSIONS.enrollCertType), 'CAExchange');
  // Document 004: stand-alone CAs go by it too, where the directory has it.
  assert.equal(extensionValue(tbsCertificate.extensions, EXTENSIONS.certificateTemplate)?.templateMajorVersion, 106);
});

test('issued at once, or not at all, where it is configured so; disabled extensions are left out', async () => {
  const admin = await world.as('Administrator');
  const set = (data: number) =>
    admin.setRegistry({ path: POLICY_MODULE, name: 'RequestDisposition', value: { type: 'REG_DWORD', data } });
  await set(1);
  const value = { type: 'REG_MULTI_SZ', data: [EXTENSIONS.extKeyUsage.oid] } as const;
  await admin.setRegistry({ path: POLICY_MODULE, name: 'DisableExtensionList', value });
  const request = await pkcs10(engine, key, {
    extensions: [encodeExtension(EXTENSIONS.extKeyUsage, ['1.3.6.1.5.5.7.3.1'])],
  });
  const { certificate } = await submit(request);
  const { extensions } = decodeCertificate(certificate!).tbsCertificate;
  assert.equal(extensionValue(extensions, EXTENSIONS.extKeyUsage), undefined);
  await set(2);
  assert.equal((await submit(request)).statusCode, 0x80094014);
});

test('intended purposes and a shorter life by request attributes; nonsense is denied', async () => {
  const admin = await world.as('Administrator');
  const disposition = { type: 'REG_DWORD', data: 1 } as const;
  await admin.setRegistry({ path: POLICY_MODULE, name: 'RequestDisposition', value: disposition });
  await admin.removeRegistry(POLICY_MODULE, 'DisableExtensionList');
  const alice = await world.as('alice');
  const request = await pkcs10(engine, key);
  const issue = async (attributes: string) => {
    const { certificate, dispositionMessage } = await alice.submit({ request, attributes });
    assert.ok(certificate, dispositionMessage);
    return decodeCertificate(certificate).tbsCertificate;
  };
  const purposes = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.8.2.2'];
  const server = await issue(`CertificateUsage:${purposes.join(', ')}`);
  assert.deepEqual(extensionValue(server.extensions, EXTENSIONS.extKeyUsage), purposes);
  // What the request itself names stands.
  const own = await pkcs10(engine, key, { extensions: [encodeExtension(EXTENSIONS.extKeyUsage, [purposes[1]!])] });
  const { certificate } = await alice.submit({ request: own, attributes: `CertificateUsage:${purposes[0]}` });
  assert.deepEqual(extensionValue(decodeCertificate(certificate!).tbsCertificate.extensions, EXTENSIONS.extKeyUsage), [
    purposes[1],
  ]);
  const short = await issue('ValidityPeriod:Weeks\nValidityPeriodUnits:3');
  assert.equal(short.validity.notAfter.getTime() - short.validity.notBefore.getTime(), 21 * 86_400_000);
  const dated = await issue('ExpirationDate:Mon, 21 Dec 2026 12:00:00 GMT');
  assert.equal(dated.validity.notAfter.toISOString(), '2026-12-21T12:00:00.000Z');
  // It only shortens.
  const long = await issue('ValidityPeriod:Years\nValidityPeriodUnits:30');
  assert.equal(long.validity.notAfter.toISOString(), '2027-11-21T08:50:00.000Z');
  for (const bad of [
    'CertificateUsage:server',
    'ValidityPeriod:Weeks',
    'ValidityPeriod:Fortnights\nValidityPeriodUnits:1',
    'ExpirationDate:tomorrow',
    'ExpirationDate:Mon, 21 Dec 1998 12:00:00 GMT',
  ]) {
    const outcome = await alice.submit({ request, attributes: bad });
    assert.equal(outcome.disposition, 'denied', bad);
    assert.equal(outcome.statusCode, 0x8007000d, bad);
  }
});

test('a renewal keeps names and purposes that it does not ask for anew, and its owner alone renews', async () => {
  const wanted = await pkcs10(engine, key, {
    subject: 'CN=www.contoso.com',
    extensions: [
      encodeExtension(EXTENSIONS.extKeyUsage, ['1.3.6.1.5.5.7.3.1']),
      encodeExtension(EXTENSIONS.subjectAltName, [{ type: 'dNSName', value: 'www.contoso.com' }]),
    ],
  });
  const alice = await world.as('alice');
  const { certificate } = await alice.submit({ request: wanted, attributes: '' });
  const newer = await newKey(engine);
  const inner = await pkcs10(engine, newer, {
    subject: '',
    attributes: [attribute(szOID_RENEWAL_CERTIFICATE, [certificate!])],
  });
  const request = await pkcs7Request(engine, inner, { certificate: certificate!, key });
  const renewed = await alice.submit({ request, attributes: '' });
  assert.equal(renewed.disposition, 'issued', renewed.dispositionMessage);
  const { subject, extensions, subjectPublicKeyInfo } = decodeCertificate(renewed.certificate!).tbsCertificate;
  assert.equal(formatName(subject), 'CN=www.contoso.com');
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.extKeyUsage), ['1.3.6.1.5.5.7.3.1']);
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.subjectAltName), [
    { type: 'dNSName', value: 'www.contoso.com' },
  ]);
  assert.deepEqual(subjectPublicKeyInfo.raw, newer.key.publicKey);
  assert.equal((await (await world.as('bob')).submit({ request, attributes: '' })).statusCode, 0x80094806);
});
