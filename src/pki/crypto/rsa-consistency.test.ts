import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { privateKeyKind } from './private-key-info.ts';
import { rsaKeyHoldsTogether } from './rsa-consistency.ts';
import type { RSAPrivateKey } from './rsa-private-key.ts';

function newKey(modulusLength: number, publicExponent: number): RSAPrivateKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent });
  const kind = privateKeyKind(Uint8Array.from(privateKey.export({ format: 'der', type: 'pkcs8' })));
  assert.ok(kind.type === 'rsa');
  const { type: _, ...numbers } = kind;
  return numbers;
}

test('every key OpenSSL makes holds together, at odd lengths too; one flipped bit anywhere and it does not', () => {
  for (const [bits, exponent] of [
    [512, 3],
    [1000, 65537],
    [1023, 65537],
    [1031, 3],
    [2048, 0x1000f],
  ] as const) {
    const key = newKey(bits, exponent);
    assert.equal(rsaKeyHoldsTogether(key), true, `${bits} bits`);
    for (const name of Object.keys(key) as (keyof RSAPrivateKey)[]) {
      for (let at = 0; at < key[name].length; at += 3) {
        const spoilt = Uint8Array.from(key[name]);
        spoilt[at]! ^= 1 << (at % 8);
        assert.equal(rsaKeyHoldsTogether({ ...key, [name]: spoilt }), false, `${bits} bits, ${name}, byte ${at}`);
      }
    }
  }
});

test('numbers that are nothing to divide by are refused', () => {
  const key = newKey(512, 3);
  for (const number of [[0], [1], [2], [0, 0, 1], []]) {
    const bytes = Uint8Array.from(number);
    assert.equal(rsaKeyHoldsTogether({ ...key, prime1: bytes }), false);
    assert.equal(rsaKeyHoldsTogether({ ...key, prime2: bytes }), false);
    assert.equal(rsaKeyHoldsTogether({ ...key, publicExponent: bytes }), false);
  }
  const one = Uint8Array.of(1);
  assert.equal(
    rsaKeyHoldsTogether({
      modulus: key.prime1,
      publicExponent: key.publicExponent,
      privateExponent: one,
      prime1: key.prime1,
      prime2: one,
      exponent1: one,
      exponent2: one,
      coefficient: one,
    }),
    false,
  );
});

test('the key stays as it was', () => {
  const key = newKey(512, 65537);
  const before = structuredClone(key);
  rsaKeyHoldsTogether(key);
  assert.deepEqual(key, before);
});
