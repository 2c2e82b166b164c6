/** Our certificates, CRLs and requests, verified and printed by openssl. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ia5String } from '#pki/asn1/der-writer';
import { attribute } from '#pki/x509/attribute';
import {
  buildCertificationRequestInfo,
  extensionRequest,
  signCertificationRequest,
} from '#pki/x509/certification-request';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { parseName } from '#pki/x509/name-text';
import { issue, issueCrl, newPrivateKey } from '#test/support/x509-hierarchy';
import { Folder } from './cms-parties.ts';

const folder = new Folder();
after(() => folder.remove());

test('openssl verifies and prints our request', async () => {
  const key = await newPrivateKey({ type: 'rsa', modulusLength: 2048 });
  const info = buildCertificationRequestInfo({
    subject: parseName('CN="Jürgen, X", O=Example, C=US'),
    subjectPKInfo: key.publicKey,
    attributes: [
      attribute('1.3.6.1.4.1.311.13.2.3', [ia5String('10.0.20348.2')]),
      extensionRequest([
        encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.keyEncipherment),
        encodeExtension(EXTENSIONS.subjectAltName, [{ type: 'dNSName', value: 'h.example.org' }]),
      ]),
    ],
  });
  folder.write('r.der', await signCertificationRequest(info, { name: 'rsa-pkcs1', digest: 'sha256' }, key));
  const text = folder.run('openssl req -inform DER -in r.der -verify -noout -text -nameopt RFC2253,utf8,-esc_msb');
  for (const expected of [
    'verify OK',
    'Subject: CN=Jürgen\\, X,O=Example,C=US',
    'Key Encipherment',
    'DNS:h.example.org',
    '10.0.20348.2',
  ]) {
    assert.ok(text.includes(expected), `${expected} in\n${text}`);
  }
});

test('openssl verifies our chain and prints our certificate', async () => {
  const root = await issue({ subject: 'CN=Root, O=Example', cA: true });
  const rsa = await newPrivateKey({ type: 'rsa', modulusLength: 2048 });
  const sub = await issue({ subject: 'CN=Sub, O=Example', cA: true, issuer: root, key: rsa });
  const end = await issue({
    subject: 'CN=user1, CN=Users, DC=nwtraders, DC=com',
    issuer: sub,
    signature: { name: 'rsa-pss', digest: 'sha256', saltLength: 32 },
    extensions: [
      encodeExtension(EXTENSIONS.extKeyUsage, ['1.3.6.1.5.5.7.3.4']),
      encodeExtension(EXTENSIONS.certificateTemplate, {
        templateID: '1.3.6.1.4.1.311.21.8.1',
        templateMajorVersion: 100,
      }),
    ],
  });
  for (const [name, { certificate }] of Object.entries({ root, sub, end })) {
    folder.write(`${name}.der`, certificate.raw);
    folder.run(`openssl x509 -inform DER -in ${name}.der -out ${name}.pem`);
  }
  const time = Date.parse('2026-06-01T12:00:00Z') / 1000;
  const verdict = folder.run(
    `openssl verify -x509_strict -attime ${time} -purpose smimesign -CAfile root.pem -untrusted sub.pem end.pem`,
  );
  assert.match(verdict, /end\.pem: OK/);
  const text = folder.run('openssl x509 -in end.pem -noout -text');
  assert.match(text, /Subject: DC = com, DC = nwtraders, CN = Users, CN = user1/);
  assert.match(text, /rsassaPss/);
  assert.match(text, /E-mail Protection/);
});

test('openssl verifies and prints our CRL', async () => {
  const ca = await issue({ subject: 'CN=CA', cA: true });
  const list = await issueCrl(ca, {
    number: 0x1234n,
    revokedCertificates: [
      {
        userCertificate: Uint8Array.of(0, 0xab, 0xcd),
        revocationDate: new Date('2026-05-05T01:02:03Z'),
        crlEntryExtensions: [encodeExtension(EXTENSIONS.reasonCode, 1)],
      },
    ],
  });
  folder.write('ca.der', ca.certificate.raw);
  folder.run('openssl x509 -inform DER -in ca.der -out ca.pem');
  folder.write('list.der', list.raw);
  const text = folder.run('openssl crl -inform DER -in list.der -CAfile ca.pem -noout -text');
  for (const expected of ['verify OK', 'Serial Number: ABCD', 'May  5 01:02:03 2026 GMT', 'Key Compromise', '4660']) {
    assert.ok(text.includes(expected), `${expected} in\n${text}`);
  }
});
