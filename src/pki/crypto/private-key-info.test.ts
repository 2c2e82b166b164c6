import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { HresultError, isHresult } from '#hresult/hresult-error';
import {
  decodePrivateKeyInfo,
  ecPrivateKeyInfo,
  encodePrivateKeyInfo,
  privateKeyKind,
  publicKeyOfPrivateKeyInfo,
  rsaPrivateKeyInfo,
} from './private-key-info.ts';
import { ecPublicKeyInfo } from './public-key.ts';

function pkcs8(key: KeyObject): Uint8Array {
  return Uint8Array.from(key.export({ format: 'der', type: 'pkcs8' }));
}

function spki(key: KeyObject): Uint8Array {
  return Uint8Array.from(key.export({ format: 'der', type: 'spki' }));
}

describe('PrivateKeyInfo', () => {
  let rsa: { privateKey: KeyObject; publicKey: KeyObject };
  let ec: { privateKey: KeyObject; publicKey: KeyObject };
  before(() => {
    rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
    ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  });

  test('of OpenSSL is read, and written again byte for byte', () => {
    for (const pair of [rsa, ec]) {
      const der = pkcs8(pair.privateKey);
      assert.deepEqual(encodePrivateKeyInfo(decodePrivateKeyInfo(der)), der);
      assert.deepEqual(publicKeyOfPrivateKeyInfo(der), spki(pair.publicKey));
    }
  });

  test('is made of the numbers of a key as OpenSSL makes it', () => {
    const rsaKind = privateKeyKind(pkcs8(rsa.privateKey));
    assert.equal(rsaKind.type, 'rsa');
    assert.deepEqual(rsaKind.type === 'rsa' && rsaPrivateKeyInfo(rsaKind), pkcs8(rsa.privateKey));
    const jwk = rsa.privateKey.export({ format: 'jwk' });
    const number = (text: string | undefined) => Uint8Array.from(Buffer.from(text!, 'base64url'));
    assert.deepEqual(rsaKind.type === 'rsa' && rsaKind.prime1, number(jwk.p));
    assert.deepEqual(rsaKind.type === 'rsa' && rsaKind.exponent2, number(jwk.dq));
    const ecKind = privateKeyKind(pkcs8(ec.privateKey));
    assert.ok(ecKind.type === 'ec');
    assert.deepEqual(ecKind.d, number(ec.privateKey.export({ format: 'jwk' }).d));
    assert.deepEqual(ecPrivateKeyInfo(ecKind.curve, ecKind.d, ecKind.point), pkcs8(ec.privateKey));
  });

  test('leaves the numbers it was given as they were', () => {
    const kind = privateKeyKind(pkcs8(rsa.privateKey));
    assert.ok(kind.type === 'rsa');
    const before = structuredClone(kind);
    rsaPrivateKeyInfo(kind);
    assert.deepEqual(kind, before);
  });

  test('keeps attributes and the public key of RFC 5958 as they stand', () => {
    const kind = privateKeyKind(pkcs8(rsa.privateKey));
    assert.ok(kind.type === 'rsa');
    const attributes = Uint8Array.from(Buffer.from('a00d300b0603551d0f310403020010', 'hex'));
    const plain = decodePrivateKeyInfo(rsaPrivateKeyInfo(kind, attributes));
    assert.deepEqual(plain.attributes, attributes);
    const publicKey = Uint8Array.from([0x81, 2, 0, 5]);
    const newer = encodePrivateKeyInfo({ ...plain, version: 1, publicKey });
    assert.deepEqual(decodePrivateKeyInfo(newer).publicKey, publicKey);
    assert.deepEqual(encodePrivateKeyInfo(decodePrivateKeyInfo(newer)), newer);
  });

  test('of an EC key pads a short private number and does without a point', () => {
    const short = ecPrivateKeyInfo('P-256', Uint8Array.of(1, 2));
    const kind = privateKeyKind(short);
    assert.ok(kind.type === 'ec');
    assert.deepEqual(kind.d, Uint8Array.from([...new Uint8Array(30), 1, 2]));
    assert.equal(publicKeyOfPrivateKeyInfo(short), undefined);
    const long = ecPrivateKeyInfo('P-256', Uint8Array.from([0, ...new Uint8Array(30), 1, 2]));
    assert.deepEqual(long, short);
    const point = new Uint8Array(65).fill(4);
    assert.deepEqual(
      publicKeyOfPrivateKeyInfo(ecPrivateKeyInfo('P-256', kind.d, point)),
      ecPublicKeyInfo('P-256', point),
    );
    assert.throws(
      () => ecPrivateKeyInfo('P-256', new Uint8Array(33).fill(1)),
      (error) => isHresult(error, 'NTE_BAD_KEY'),
    );
  });

  test('that contradicts itself is refused', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const inner = decodePrivateKeyInfo(pkcs8(ec.privateKey));
    const outer = decodePrivateKeyInfo(pkcs8(other.privateKey));
    const crossed = encodePrivateKeyInfo({ ...outer, privateKey: inner.privateKey });
    for (const bad of [crossed, encodePrivateKeyInfo({ ...outer, version: 1, privateKey: crossed })]) {
      assert.throws(() => privateKeyKind(bad), HresultError);
    }
    const rsaAsEc = encodePrivateKeyInfo({
      ...decodePrivateKeyInfo(pkcs8(rsa.privateKey)),
      privateKey: inner.privateKey,
    });
    assert.throws(() => privateKeyKind(rsaAsEc), HresultError);
  });

  test('mutated raises nothing but HRESULTs', () => {
    const originals = [pkcs8(rsa.privateKey), pkcs8(ec.privateKey)];
    fc.assert(
      fc.property(fc.constantFrom(...originals), fc.nat(), fc.nat(255), fc.nat(), (original, at, octet, cut) => {
        const bad = Uint8Array.from(original);
        bad[at % bad.length] = octet;
        try {
          publicKeyOfPrivateKeyInfo(cut % 3 === 0 ? bad.subarray(0, cut % bad.length) : bad);
        } catch (error) {
          if (!(error instanceof HresultError)) throw error;
        }
      }),
      { seed: 8017, numRuns: 2000 },
    );
  });
});
