import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import type { HresultSymbol } from '#hresult/codes';
import { isHresult } from '#hresult/hresult-error';
import { isSameBytes } from '../asn1/bytes.ts';
import { nodeEngine } from '../crypto/node/engine.ts';
import { privateKeyKind, rsaPrivateKeyInfo } from '../crypto/private-key-info.ts';
import {
  decodeBcryptRsaBlob,
  decodeBcryptRsaPublicKey,
  encodeBcryptRsaBlob,
  encodeBcryptRsaPublicBlob,
} from './bcrypt-rsa-blob.ts';
import {
  decodeCapiPrivateKeyBlob,
  decodeCapiPublicKeyBlob,
  encodeCapiPrivateKeyBlob,
  encodeCapiPublicKeyBlob,
} from './capi-blob.ts';
import { computePublicKey } from './public-key-match.ts';

const rsa1024 = await nodeEngine.generateKey({ type: 'rsa', modulusLength: 1024 });
const ec = await nodeEngine.generateKey({ type: 'ec', curve: 'P-256' });

/** The numbers as another reader of PKCS#8 sees them. */
function numbersOf(pkcs8: Uint8Array) {
  const jwk = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
  const number = (text: string | undefined) => Buffer.from(text!, 'base64url');
  const { n, e, d, p, q, dp, dq, qi } = jwk;
  return {
    n: number(n),
    e: number(e),
    d: number(d),
    p: number(p),
    q: number(q),
    dp: number(dp),
    dq: number(dq),
    qi: number(qi),
  };
}

function words(...values: number[]): Buffer {
  const out = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) out.writeUInt32LE(value, 4 * i);
  return out;
}

function throwsSymbol(symbol: HresultSymbol, run: () => unknown): void {
  assert.throws(run, (error) => isHresult(error, symbol), symbol);
}

const capiOf = (pkcs8: Uint8Array, alg: number): Uint8Array => {
  const { n, e, d, p, q, dp, dq, qi } = numbersOf(pkcs8);
  const field = (number: Buffer, length: number) =>
    Buffer.concat([Buffer.from(number).reverse(), Buffer.alloc(length - number.length)]);
  const half = n.length / 2;
  const head = Buffer.concat([Buffer.of(7, 2, 0, 0), words(alg), Buffer.from('RSA2'), words(n.length * 8)]);
  const parts = [p, q, dp, dq, qi].map((number) => field(number, half));
  return new Uint8Array(Buffer.concat([head, field(e, 4), field(n, n.length), ...parts, field(d, n.length)]));
};

test('a PRIVATEKEYBLOB has the layout of MS-WCCE 2.2.2.9.1, and is read again', async () => {
  for (const [modulusLength, size] of [
    [1024, 596],
    [2048, 1172],
  ] as const) {
    const pkcs8 = await nodeEngine.generateKey({ type: 'rsa', modulusLength });
    const blob = encodeCapiPrivateKeyBlob(pkcs8);
    assert.equal(blob.length, size);
    assert.deepEqual(blob, capiOf(pkcs8, 0xa400));
    assert.deepEqual(decodeCapiPrivateKeyBlob(blob), { pkcs8, keySpec: 1 });
  }
  assert.deepEqual(encodeCapiPrivateKeyBlob(rsa1024, 2), capiOf(rsa1024, 0x2400));
  assert.equal(decodeCapiPrivateKeyBlob(capiOf(rsa1024, 0x2400)).keySpec, 2);
});

test('a PUBLICKEYBLOB goes and comes', () => {
  const publicKey = computePublicKey(rsa1024);
  const blob = encodeCapiPublicKeyBlob(publicKey);
  assert.equal(blob.length, 20 + 128);
  assert.deepEqual([...blob.subarray(0, 12)], [6, 2, 0, 0, 0, 0xa4, 0, 0, 0x52, 0x53, 0x41, 0x31]);
  assert.deepEqual(decodeCapiPublicKeyBlob(blob), { publicKey, keySpec: 1 });
});

test('a damaged PRIVATEKEYBLOB is refused with the code of its fault', () => {
  const blob = encodeCapiPrivateKeyBlob(rsa1024);
  const changed = (at: number, value: number) => {
    const copy = blob.slice();
    copy[at] = value;
    return copy;
  };
  throwsSymbol('NTE_BAD_DATA', () => decodeCapiPrivateKeyBlob(changed(0, 6)));
  throwsSymbol('NTE_BAD_DATA', () => decodeCapiPrivateKeyBlob(changed(2, 1)));
  throwsSymbol('NTE_BAD_ALGID', () => decodeCapiPrivateKeyBlob(changed(5, 0x22)));
  throwsSymbol('NTE_BAD_DATA', () => decodeCapiPrivateKeyBlob(changed(11, 0x31)));
  throwsSymbol('NTE_BAD_DATA', () => decodeCapiPrivateKeyBlob(changed(15, 0x7f)));
  throwsSymbol('NTE_BAD_DATA', () => decodeCapiPrivateKeyBlob(blob.subarray(0, 595)));
  throwsSymbol('NTE_BAD_DATA', () => decodeCapiPrivateKeyBlob(Uint8Array.of(...blob, 0)));
  for (const at of [16, 24, 160, 220, 280, 340, 420, 500]) {
    throwsSymbol('NTE_BAD_KEY', () => decodeCapiPrivateKeyBlob(changed(at, blob[at]! ^ 2)));
  }
  throwsSymbol('NTE_BAD_ALGID', () => encodeCapiPrivateKeyBlob(ec));
});

test('what a PRIVATEKEYBLOB cannot hold is not cut to fit', () => {
  const key = privateKeyKind(rsa1024);
  assert.ok(key.type === 'rsa');
  const longExponent = rsaPrivateKeyInfo({ ...key, publicExponent: Uint8Array.of(1, 0, 0, 0, 1) });
  throwsSymbol('NTE_BAD_LEN', () => encodeCapiPrivateKeyBlob(longExponent));
  const unbalanced = rsaPrivateKeyInfo({ ...key, prime1: new Uint8Array(65).fill(1) });
  throwsSymbol('NTE_BAD_LEN', () => encodeCapiPrivateKeyBlob(unbalanced));
});

const bcryptOf = (pkcs8: Uint8Array, magic: 'RSA1' | 'RSA2' | 'RSA3'): Uint8Array => {
  const { n, e, d, p, q, dp, dq, qi } = numbersOf(pkcs8);
  const primes = magic === 'RSA1' ? [0, 0] : [p.length, q.length];
  const head = Buffer.concat([Buffer.from(magic), words(n.length * 8, e.length, n.length, ...primes)]);
  const field = (number: Buffer, length: number) => Buffer.concat([Buffer.alloc(length - number.length), number]);
  const full = [field(dp, p.length), field(dq, q.length), field(qi, p.length), field(d, n.length)];
  const parts = { RSA1: [], RSA2: [p, q], RSA3: [p, q, ...full] }[magic];
  return new Uint8Array(Buffer.concat([head, e, n, ...parts]));
};

/** The words of the header as MS-WCCE 2.2.2.9.2 has them. */
function withBigEndianHeader(blob: Uint8Array): Uint8Array {
  const out = Buffer.from(blob);
  out.subarray(0, 24).swap32();
  return new Uint8Array(out);
}

test('BCRYPT_RSAKEY_BLOB has the layout of bcrypt.h, and is read in both orders of its header', async () => {
  // From 2048 bits on OpenSSL takes d modulo lambda(n), as the short form is read: nothing of the key is lost in it.
  const rsa2048 = await nodeEngine.generateKey({ type: 'rsa', modulusLength: 2048 });
  for (const magic of ['RSA2', 'RSA3'] as const) {
    const blob = encodeBcryptRsaBlob(rsa2048, magic);
    assert.deepEqual(blob, bcryptOf(rsa2048, magic));
    assert.deepEqual(decodeBcryptRsaBlob(blob), rsa2048);
    assert.deepEqual(decodeBcryptRsaBlob(withBigEndianHeader(blob)), rsa2048);
    assert.deepEqual(decodeBcryptRsaPublicKey(blob), computePublicKey(rsa2048));
  }
  const publicBlob = encodeBcryptRsaPublicBlob(computePublicKey(rsa2048));
  assert.deepEqual(publicBlob, bcryptOf(rsa2048, 'RSA1'));
  assert.deepEqual(decodeBcryptRsaPublicKey(publicBlob), computePublicKey(rsa2048));
  throwsSymbol('NTE_BAD_TYPE', () => decodeBcryptRsaBlob(publicBlob));
});

test('a damaged BCRYPT_RSAKEY_BLOB is refused', () => {
  for (const magic of ['RSA2', 'RSA3'] as const) {
    const blob = encodeBcryptRsaBlob(rsa1024, magic);
    const changed = (at: number, value: number) => {
      const copy = blob.slice();
      copy[at] = value;
      return copy;
    };
    for (const at of [4, 9, 12, 17, 21]) throwsSymbol('NTE_BAD_DATA', () => decodeBcryptRsaBlob(changed(at, 0xff)));
    throwsSymbol('NTE_BAD_DATA', () => decodeBcryptRsaBlob(blob.subarray(0, blob.length - 1)));
    throwsSymbol('NTE_BAD_DATA', () => decodeBcryptRsaBlob(Uint8Array.of(...blob, 0)));
    // The public exponent, up to there, may be any: RSA2 has no private one to contradict it.
    for (let at = 28; at < blob.length; at += 37) {
      throwsSymbol('NTE_BAD_KEY', () => decodeBcryptRsaBlob(changed(at, blob[at]! ^ 4)));
    }
  }
  const zeroPrimes = encodeBcryptRsaBlob(rsa1024, 'RSA2').fill(0, 24 + 3 + 128);
  throwsSymbol('NTE_BAD_KEY', () => decodeBcryptRsaBlob(zeroPrimes));
  const samePrimes = encodeBcryptRsaBlob(rsa1024, 'RSA2');
  samePrimes.copyWithin(24 + 3 + 128 + 64, 24 + 3 + 128, 24 + 3 + 128 + 64);
  throwsSymbol('NTE_BAD_KEY', () => decodeBcryptRsaBlob(samePrimes));
});

test('decoding leaves the blob as it was', () => {
  for (const blob of [encodeCapiPrivateKeyBlob(rsa1024), encodeBcryptRsaBlob(rsa1024, 'RSA3')]) {
    const before = blob.slice();
    if (blob[0] === 7) decodeCapiPrivateKeyBlob(blob);
    else decodeBcryptRsaBlob(blob);
    assert.ok(isSameBytes(blob, before));
  }
});
