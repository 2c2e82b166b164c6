import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { toDer } from '#pki/asn1/ber';
import { issuerAndSerialNumberOf } from '#pki/cms/certificate-match';
import { decodeCertsOnly, encodeCertsOnly } from '#pki/cms/certs-only';
import { decodeEnvelopedData, encodeEnvelopedData } from '#pki/cms/enveloped-data';
import { openData, recipientOf } from '#pki/cms/open';
import { sealData } from '#pki/cms/seal';
import { type SignatureRequest, signData } from '#pki/cms/sign';
import { decodeSignedData, encodeSignedData } from '#pki/cms/signed-data';
import { signerCertificate, verifySignerInfo } from '#pki/cms/verify';
import type { BlockCipher } from '#pki/crypto/cipher-algorithm';
import type { KeyTransport, SignatureScheme } from '#pki/crypto/engine';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { keyIdentifier } from '#pki/x509/key-identifier';
import { EC, Folder, type Party, RSA_2048 } from './cms-parties.ts';

const folder = new Folder();
const parties = new Map<string, Party>();
const party = (name: string): Party => parties.get(name)!;
const content = new TextEncoder().encode('line\r\nprivate key \u{1f511}\n'.repeat(500));

before(async () => {
  parties.set('rsa', await folder.party('rsa', RSA_2048));
  parties.set('p256', await folder.party('p256', EC('P-256')));
  parties.set('p384', await folder.party('p384', EC('P-384')));
  parties.set('p521', await folder.party('p521', EC('P-521')));
  folder.write('content', content);
});

after(() => folder.remove());

/** 1.2.3.4 stands for the content types that openssl has no name for. */
const SIGNATURES: readonly [name: string, who: string, scheme: SignatureScheme, eContentType?: string][] = [
  ['RSA PKCS #1 v1.5 with SHA-256', 'rsa', { name: 'rsa-pkcs1', digest: 'sha256' }],
  [
    'RSA PKCS #1 v1.5 with SHA-512 over another content type',
    'rsa',
    { name: 'rsa-pkcs1', digest: 'sha512' },
    '1.2.3.4',
  ],
  ['RSA PKCS #1 v1.5 with SHA-1', 'rsa', { name: 'rsa-pkcs1', digest: 'sha1' }],
  ['RSASSA-PSS with SHA-256', 'rsa', { name: 'rsa-pss', digest: 'sha256', saltLength: 32 }],
  ['ECDSA P-256', 'p256', { name: 'ecdsa', digest: 'sha256' }],
  ['ECDSA P-521 with SHA-512', 'p521', { name: 'ecdsa', digest: 'sha512' }],
];

for (const [name, who, scheme, eContentType = '1.2.840.113549.1.7.1'] of SIGNATURES) {
  test(`openssl verifies ${name}`, async () => {
    const { certificate, key, certificateFile } = party(who);
    const skid = { subjectKeyIdentifier: await keyIdentifier(certificate.tbsCertificate.subjectPublicKeyInfo, engine) };
    for (const sid of [issuerAndSerialNumberOf(certificate), skid]) {
      for (const detached of [false, true]) {
        const signers: SignatureRequest[] = [{ signer: key, sid, scheme }];
        const certificates = [certificate.raw];
        folder.write(
          'signed.der',
          await signData({ eContentType, eContent: content, detached, signers, certificates, engine }),
        );
        const where = detached ? ['-content', 'content'] : [];
        folder.run(
          `openssl cms -verify -binary -inform DER -in signed.der -CAfile ${certificateFile} -purpose any -out verified`,
          ...where,
        );
        assert.deepEqual(folder.read('verified'), content);
      }
    }
  });
}

const SIGN_OPTIONS: readonly [name: string, who: string, options: readonly string[]][] = [
  ['RSA', 'rsa', ['-nodetach']],
  ['RSA with SHA-1', 'rsa', ['-nodetach', '-md', 'sha1']],
  ['RSA with SHA-512 by key identifier', 'rsa', ['-nodetach', '-md', 'sha512', '-keyid']],
  ['RSA without signed attributes', 'rsa', ['-nodetach', '-noattr']],
  ['RSASSA-PSS', 'rsa', ['-nodetach', '-keyopt', 'rsa_padding_mode:pss']],
  [
    'RSASSA-PSS with SHA-384 and a short salt',
    'rsa',
    ['-nodetach', '-md', 'sha384', '-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:20'],
  ],
  ['ECDSA P-256', 'p256', ['-nodetach']],
  ['ECDSA P-384 with SHA-384', 'p384', ['-nodetach', '-md', 'sha384']],
  ['ECDSA P-521 with SHA-512', 'p521', ['-nodetach', '-md', 'sha512']],
  ['streamed BER', 'rsa', ['-nodetach', '-stream']],
  ['streamed BER of ECDSA', 'p256', ['-nodetach', '-indef']],
  ['a detached signature', 'rsa', []],
  ['another content type', 'rsa', ['-nodetach', '-econtent_type', '1.3.6.1.5.5.7.12.2']],
];

for (const [name, who, options] of SIGN_OPTIONS) {
  test(`what openssl signs verifies: ${name}`, async () => {
    const { certificate, key, certificateFile, keyFile } = party(who);
    folder.run(
      `openssl cms -sign -binary -in content -signer ${certificateFile} -inkey ${keyFile} -outform DER -out signed.der`,
      ...options,
    );
    const bytes = folder.read('signed.der');
    const signedData = decodeSignedData(bytes);
    const [signerInfo] = signedData.signerInfos;
    const detached = options.includes('-nodetach') ? undefined : content;
    assert.deepEqual(signedData.encapContentInfo.eContent, detached ? undefined : content);
    assert.deepEqual(signerCertificate(signedData, signerInfo!)?.raw, certificate.raw);
    await verifySignerInfo(signedData, signerInfo!, key.publicKey, engine, detached);
    const der = toDer(bytes);
    assert.equal(der === bytes, !options.includes('-stream') && !options.includes('-indef'));
    assert.deepEqual(encodeSignedData(signedData), der);
  });
}

test('what openssl smime signs with two signers verifies for each', async () => {
  folder.run(
    'openssl smime -sign -binary -nodetach -in content -outform DER -out signed.der -signer rsa.pem -inkey rsa.key -signer p256.pem -inkey p256.key',
  );
  const signedData = decodeSignedData(folder.read('signed.der'));
  assert.equal(signedData.signerInfos.length, 2);
  for (const signerInfo of signedData.signerInfos) {
    const certificate = signerCertificate(signedData, signerInfo)!;
    await verifySignerInfo(signedData, signerInfo, certificate.tbsCertificate.subjectPublicKeyInfo.raw, engine);
  }
});

const aes = (keyLength: 16 | 24 | 32): BlockCipher => ({ name: 'aes-cbc', keyLength });
const tripleDes: BlockCipher = { name: 'des-ede3-cbc' };
const oaep = (digest: 'sha1' | 'sha256' | 'sha512'): KeyTransport => ({ name: 'rsa-oaep', digest });

const SEALED: readonly [name: string, cipher: BlockCipher, recipients: readonly string[], transport?: KeyTransport][] =
  [
    ['AES-256 to RSA', aes(32), ['rsa']],
    ['AES-128 to RSA', aes(16), ['rsa']],
    ['3DES to RSA', tripleDes, ['rsa']],
    ['AES-256 to RSA by OAEP', aes(32), ['rsa'], oaep('sha1')],
    ['AES-256 to RSA by OAEP with SHA-256', aes(32), ['rsa'], oaep('sha256')],
    ['AES-192 to RSA by OAEP with SHA-512', aes(24), ['rsa'], oaep('sha512')],
    ['AES-128 to P-256', aes(16), ['p256']],
    ['AES-256 to P-384', aes(32), ['p384']],
    ['AES-256 to P-521', aes(32), ['p521']],
    ['3DES to P-256', tripleDes, ['p256']],
    ['AES-256 to RSA and EC keys together', aes(32), ['p384', 'rsa', 'p256']],
  ];

for (const [name, cipher, recipients, transport] of SEALED) {
  test(`openssl opens ${name}`, async () => {
    const sealTo = recipients.map((who) => ({ certificate: party(who).certificate, transport }));
    folder.write('sealed.der', await sealData({ content, cipher, recipients: sealTo, engine }));
    for (const who of recipients) {
      folder.run(
        `openssl cms -decrypt -binary -inform DER -in sealed.der -recip ${who}.pem -inkey ${who}.key -out opened`,
      );
      assert.deepEqual(folder.read('opened'), content);
    }
  });
}

test('openssl opens what is sealed by key identifier', async () => {
  const { certificate, key } = party('rsa');
  const rid = { subjectKeyIdentifier: await keyIdentifier(certificate.tbsCertificate.subjectPublicKeyInfo, engine) };
  const ecRid = {
    subjectKeyIdentifier: await keyIdentifier(party('p256').certificate.tbsCertificate.subjectPublicKeyInfo, engine),
  };
  const recipients = [
    { publicKey: key.publicKey, rid },
    { publicKey: party('p256').key.publicKey, rid: ecRid },
  ];
  folder.write('sealed.der', await sealData({ content, cipher: aes(32), recipients, engine }));
  for (const who of ['rsa', 'p256']) {
    folder.run(
      `openssl cms -decrypt -binary -inform DER -in sealed.der -recip ${who}.pem -inkey ${who}.key -out opened`,
    );
    assert.deepEqual(folder.read('opened'), content);
  }
});

const kdf = (digest: string) => ['-keyopt', `ecdh_kdf_md:${digest}`];
const ENCRYPT_OPTIONS: readonly [name: string, recipients: readonly string[], options: readonly string[]][] = [
  ['AES-128 to RSA', ['rsa'], ['-aes-128-cbc']],
  ['AES-192 to RSA', ['rsa'], ['-aes-192-cbc']],
  ['AES-256 to RSA', ['rsa'], ['-aes-256-cbc']],
  ['3DES to RSA', ['rsa'], ['-des3']],
  ['RC2 of 40 bits to RSA', ['rsa'], ['-provider', 'legacy', '-provider', 'default', '-rc2-40-cbc']],
  ['RC2 of 128 bits to RSA', ['rsa'], ['-provider', 'legacy', '-provider', 'default', '-rc2-cbc']],
  ['RSA by OAEP', ['rsa'], ['-aes-256-cbc', '-keyopt', 'rsa_padding_mode:oaep']],
  [
    'RSA by OAEP with SHA-256',
    ['rsa'],
    [
      '-aes-256-cbc',
      '-keyopt',
      'rsa_padding_mode:oaep',
      '-keyopt',
      'rsa_oaep_md:sha256',
      '-keyopt',
      'rsa_mgf1_md:sha256',
    ],
  ],
  ['RSA by key identifier', ['rsa'], ['-aes-256-cbc', '-keyid']],
  ['streamed BER', ['rsa'], ['-aes-256-cbc', '-stream']],
  ['streamed BER to P-256', ['p256'], ['-aes-256-cbc', '-stream']],
  ['P-256 with the KDF of old', ['p256'], ['-aes-128-cbc']],
  ['P-256 by key identifier', ['p256'], ['-aes-128-cbc', '-keyid']],
  ['P-256 with SHA-256', ['p256'], ['-aes-256-cbc', ...kdf('sha256')]],
  ['P-384 with SHA-384', ['p384'], ['-aes-192-cbc', ...kdf('sha384')]],
  ['P-521 with SHA-512', ['p521'], ['-aes-256-cbc', ...kdf('sha512')]],
  ['P-256 by cofactor ECDH', ['p256'], ['-aes-256-cbc', ...kdf('sha256'), '-keyopt', 'ecdh_cofactor_mode:1']],
  ['P-256 by cofactor ECDH with SHA-1', ['p256'], ['-aes-256-cbc', '-keyopt', 'ecdh_cofactor_mode:1']],
  ['3DES wrapped by 3DES to P-384', ['p384'], ['-des3']],
  ['AES-256 wrapped by AES-128 to P-256', ['p256'], ['-aes-256-cbc', '-aes128-wrap']],
];

for (const [name, recipients, options] of ENCRYPT_OPTIONS) {
  test(`what openssl seals opens: ${name}`, async () => {
    const to = recipients.flatMap((who) => ['-recip', `${who}.pem`]);
    folder.run('openssl cms -encrypt -binary -in content -outform DER -out sealed.der', ...to, ...options);
    const bytes = folder.read('sealed.der');
    const message = decodeEnvelopedData(bytes);
    for (const who of recipients) {
      const { certificate, key } = party(who);
      assert.deepEqual(await openData(message, recipientOf(certificate, key), engine), content);
    }
    assert.equal(message.encryptedContentInfo.segments !== undefined, options.includes('-stream'));
    assert.deepEqual(encodeEnvelopedData(message), toDer(bytes));
  });
}

test('what openssl seals to two RSA keys by smime opens for each', async () => {
  parties.set('second', await folder.party('second', RSA_2048));
  folder.run('openssl smime -encrypt -binary -aes256 -in content -outform DER -out sealed.der rsa.pem second.pem');
  const message = decodeEnvelopedData(folder.read('sealed.der'));
  for (const who of ['rsa', 'second']) {
    const { certificate, key } = party(who);
    assert.deepEqual(await openData(message, recipientOf(certificate, key), engine), content);
  }
});

test('certificates go both ways in certs-only messages', () => {
  const certificates = ['p256', 'rsa'].map((who) => party(who).certificate.raw);
  folder.write('chain.p7b', encodeCertsOnly(certificates));
  const printed = folder.run('openssl pkcs7 -inform DER -in chain.p7b -print_certs -noout');
  assert.match(printed, /CN = p256[\s\S]*CN = rsa/);
  folder.run('openssl crl2pkcs7 -nocrl -certfile rsa.pem -certfile p256.pem -outform DER -out theirs.p7b');
  const read = decodeCertsOnly(folder.read('theirs.p7b')).certificates.map(({ raw }) => raw);
  assert.deepEqual(new Set(read.map((raw) => raw.length)), new Set(certificates.map((raw) => raw.length)));
  assert.ok(certificates.every((raw) => read.some((other) => Buffer.compare(raw, other) === 0)));
});
