import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { aes } from './aes.ts';
import { aesKeyUnwrap, aesKeyWrap } from './aes-key-wrap.ts';
import { type BlockTransform, cbcDecrypt, cbcEncrypt } from './cbc.ts';
import { desEde3 } from './des.ts';

function openssl(name: string, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = createCipheriv(name, key, iv);
  return Uint8Array.from(Buffer.concat([cipher.update(data), cipher.final()]));
}

function octets(length: number) {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

const CIPHERS: readonly (readonly [
  name: string,
  (key: Uint8Array) => BlockTransform,
  keyLength: number,
  block: number,
])[] = [
  ['aes-128-cbc', aes, 16, 16],
  ['aes-192-cbc', aes, 24, 16],
  ['aes-256-cbc', aes, 32, 16],
  ['des-ede3-cbc', desEde3, 24, 8],
];

for (const [name, transform, keyLength, block] of CIPHERS) {
  test(`${name} of our own does what OpenSSL's does`, () => {
    fc.assert(
      fc.property(octets(keyLength), octets(block), fc.uint8Array({ maxLength: 100 }), (key, iv, data) => {
        const sealed = openssl(name, key, iv, data);
        assert.deepEqual(cbcEncrypt(transform(key), iv, data), sealed);
        assert.deepEqual(cbcDecrypt(transform(key), iv, sealed), data);
      }),
      { seed: 197, numRuns: 200 },
    );
  });
}

for (const keyLength of [16, 24, 32]) {
  test(`AES-${keyLength * 8} key wrap of our own does what OpenSSL's does`, () => {
    const iv = new Uint8Array(8).fill(0xa6);
    fc.assert(
      fc.property(octets(keyLength), fc.integer({ min: 2, max: 50 }), fc.nat(255), (kek, blocks, fill) => {
        const key = new Uint8Array(8 * blocks).fill(fill);
        const wrapped = openssl(`aes${keyLength * 8}-wrap`, kek, iv, key);
        assert.deepEqual(aesKeyWrap(kek, key), wrapped);
        assert.deepEqual(aesKeyUnwrap(kek, wrapped), key);
      }),
      { seed: 3394, numRuns: 50 },
    );
  });
}
