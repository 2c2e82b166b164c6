import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { formatHex } from '#pki/asn1/bytes';
import { nodeEngine } from '#pki/crypto/node/engine';
import { encodeBcryptEccBlob, encodeBcryptEccPublicBlob } from '#pki/keyblob/bcrypt-ecc-blob';
import { encodeBcryptRsaBlob, encodeBcryptRsaPublicBlob } from '#pki/keyblob/bcrypt-rsa-blob';
import { encodeCapiPrivateKeyBlob, encodeCapiPublicKeyBlob } from '#pki/keyblob/capi-blob';
import { computePublicKey } from '#pki/keyblob/public-key-match';
import { dumped } from './page.suite.ts';

const rsa = await nodeEngine.generateKey({ type: 'rsa', modulusLength: 1024 });
const ec = await nodeEngine.generateKey({ type: 'ec', curve: 'P-384' });

test('a PRIVATEKEYBLOB is printed as in the sample of a key archival request, whole only where it is asked for', async () => {
  const blob = encodeCapiPrivateKeyBlob(rsa);
  const head = [
    'Private Key:',
    '  PRIVATEKEYBLOB',
    '  Version: 2',
    '  aiKeyAlg: 0xa400',
    '    CALG_RSA_KEYX',
    '    Algorithm Class: 0xa000(5) ALG_CLASS_KEY_EXCHANGE',
    '    Algorithm Type: 0x400(2) ALG_TYPE_RSA',
    '    Algorithm Sub-id: 0x0(0) ALG_SID_RSA_ANY',
  ];
  const tail = ['  RSA 1024 bits', '  Public Exponent: 0x10001 (65537)'];
  const closed = await dumped(blob);
  assert.deepEqual(closed.lines, [...head, ...tail]);
  assert.ok(!JSON.stringify(closed.value).includes(formatHex(blob).slice(200, 240)));
  const { lines, value } = await dumped(blob, { showPrivateKey: true });
  assert.deepEqual(lines.slice(0, head.length), head);
  assert.match(lines[head.length]!, /^ {2}0000 {2}52 53 41 32 00 04 00 00 {2}01 00 01 00 .{11} {3}RSA2/);
  assert.deepEqual(lines.slice(-2), tail);
  assert.equal((value as { privateKey: string }).privateKey, formatHex(blob));
});

for (const [form, blob, facts] of [
  ['PRIVATEKEYBLOB', encodeCapiPrivateKeyBlob(rsa, 2), 'RSA 1024 bits'],
  ['RSAPRIVATEBLOB', encodeBcryptRsaBlob(rsa, 'RSA2'), 'RSA 1024 bits'],
  ['RSAFULLPRIVATEBLOB', encodeBcryptRsaBlob(rsa, 'RSA3'), 'RSA 1024 bits'],
  ['ECCPRIVATEBLOB', encodeBcryptEccBlob(ec, 'ECDH'), 'ECC 384 bits'],
  ['PKCS8_PRIVATEKEY', ec, 'ECC 384 bits'],
] as const) {
  test(`${form}: kind and length without -privatekey`, async () => {
    const { lines } = await dumped(blob);
    assert.equal(lines[1], `  ${form}`);
    assert.ok(lines.includes(`  ${facts}`));
    assert.ok(lines.every((line) => !/^ *0000/.test(line)));
  });
}

for (const [form, blob] of [
  ['PUBLICKEYBLOB', encodeCapiPublicKeyBlob(computePublicKey(rsa))],
  ['RSAPUBLICBLOB', encodeBcryptRsaPublicBlob(computePublicKey(rsa))],
  ['ECCPUBLICBLOB', encodeBcryptEccPublicBlob(computePublicKey(ec), 'ECDSA')],
] as const) {
  test(`${form} is a public key`, async () => {
    const { lines } = await dumped(blob);
    assert.deepEqual(lines.slice(0, 2), ['Public Key:', `  ${form}`]);
    assert.ok(lines.some((line) => line.startsWith('Key Id Hash(rfc-sha1): ')));
  });
}

test('a key of an algorithm that is not read is told by its OID', async () => {
  const der = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
  const { lines, value } = await dumped(new Uint8Array(der));
  assert.deepEqual(lines, [
    'Private Key:',
    '  PKCS8_PRIVATEKEY',
    '  Algorithm ObjectId: 1.3.101.112 Ed25519, not read here',
  ]);
  assert.equal((value as { algorithmId: string }).algorithmId, '1.3.101.112');
});

test('a private key that does not hold together is told so', async () => {
  const blob = encodeCapiPrivateKeyBlob(rsa);
  blob[blob.length - 100]! ^= 1;
  const { lines } = await dumped(blob);
  assert.equal(lines.at(-1), '  The key is damaged.');
});
