import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { issuerAndSerialNumberOf } from '#pki/cms/certificate-match';
import { decodeEnvelopedData } from '#pki/cms/enveloped-data';
import { openData, recipientOf } from '#pki/cms/open';
import { sealData } from '#pki/cms/seal';
import { signData } from '#pki/cms/sign';
import { decodeSignedData } from '#pki/cms/signed-data';
import { verifySignerInfo } from '#pki/cms/verify';
import type { BlockCipher } from '#pki/crypto/cipher-algorithm';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { defaultScheme } from '#pki/crypto/signature-algorithm';
import { EC, Folder, type Party, RSA_2048 } from './cms-parties.ts';

const folder = new Folder();
const content = new TextEncoder().encode('what NSS reads');
const parties = new Map<string, Party>();

before(async () => {
  folder.run('certutil -N -d sql:. --empty-password');
  for (const [name, newKey] of [
    ['rsa', RSA_2048],
    ['p256', EC('P-256')],
  ] as const) {
    const party = await folder.party(name, newKey);
    folder.run(
      `openssl pkcs12 -export -inkey ${party.keyFile} -in ${party.certificateFile} -name ${name} -passout pass:x -out ${name}.p12`,
    );
    folder.run(`pk12util -i ${name}.p12 -d sql:. -W x`, '-K', '');
    folder.run(`certutil -M -d sql:. -n ${name} -t P,P,P`);
    parties.set(name, party);
  }
  folder.write('content', content);
});

after(() => folder.remove());

test('cmsutil verifies what is signed here', async () => {
  for (const { certificate, key } of parties.values()) {
    const signers = [{ signer: key, sid: issuerAndSerialNumberOf(certificate), scheme: defaultScheme(key.publicKey) }];
    const eContentType = '1.2.840.113549.1.7.1';
    const certificates = [certificate.raw];
    folder.write('signed.der', await signData({ eContentType, eContent: content, signers, certificates, engine }));
    assert.match(folder.run('cmsutil -D -n -h 1 -d sql:. -i signed.der'), /signer0\.status=GoodSignature/);
    folder.run('cmsutil -D -d sql:. -i signed.der -o verified');
    assert.deepEqual(folder.read('verified'), content);
  }
});

test('what cmsutil signs verifies', async () => {
  for (const [name, { key }] of parties) {
    for (const more of [[], ['-G'], ['-H', 'SHA512']]) {
      folder.run(`cmsutil -S -N ${name} -d sql:. -i content -o signed.der`, ...more);
      const signedData = decodeSignedData(folder.read('signed.der'));
      assert.deepEqual(signedData.encapContentInfo.eContent, content);
      await verifySignerInfo(signedData, signedData.signerInfos[0]!, key.publicKey, engine);
    }
  }
});

// NSS of Debian 12 has no key agreement in CMS: EC recipients are for openssl alone to judge.
const CIPHERS: readonly BlockCipher[] = [
  { name: 'aes-cbc', keyLength: 16 },
  { name: 'aes-cbc', keyLength: 32 },
  { name: 'des-ede3-cbc' },
];

test('cmsutil opens what is sealed here to an RSA key', async () => {
  for (const cipher of CIPHERS) {
    const recipients = [{ certificate: parties.get('rsa')!.certificate }];
    folder.write('sealed.der', await sealData({ content, cipher, recipients, engine }));
    folder.run('cmsutil -D -d sql:. -i sealed.der -o opened');
    assert.deepEqual(folder.read('opened'), content);
  }
});

test('what cmsutil seals to an RSA key opens', async () => {
  const { certificate, key } = parties.get('rsa')!;
  folder.run('cmsutil -E -r rsa@example.org -d sql:. -i content -o sealed.der');
  const message = decodeEnvelopedData(folder.read('sealed.der'));
  assert.deepEqual(await openData(message, recipientOf(certificate, key), engine), content);
});
