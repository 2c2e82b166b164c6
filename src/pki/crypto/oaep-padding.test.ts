import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto';
import { test } from 'node:test';
import { nodeEngine } from './node/engine.ts';
import { unpadOaep } from './oaep-padding.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1536 });
const SECRET = nodeEngine.random(24);

function sealed(digest: string): Uint8Array {
  const options = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: digest };
  const encrypted = publicEncrypt(options, SECRET);
  return Uint8Array.from(privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encrypted));
}

for (const digest of ['sha1', 'sha256', 'sha384', 'sha512'] as const) {
  test(`what OpenSSL pads with ${digest} comes out, and not with one bit turned`, async () => {
    const block = sealed(digest);
    const substitute = nodeEngine.random(SECRET.length);
    assert.deepEqual(await unpadOaep(block, digest, substitute, nodeEngine.digest), SECRET);
    for (const at of [0, 1, 30, block.length - SECRET.length - 1, block.length - 1]) {
      const turned = block.slice();
      turned[at]! ^= 0x40;
      assert.deepEqual(await unpadOaep(turned, digest, substitute, nodeEngine.digest), substitute);
    }
    const short = nodeEngine.random(SECRET.length - 1);
    assert.deepEqual(await unpadOaep(block, digest, short, nodeEngine.digest), short);
    const long = nodeEngine.random(SECRET.length + 1);
    assert.deepEqual(await unpadOaep(block, digest, long, nodeEngine.digest), long);
  });
}
