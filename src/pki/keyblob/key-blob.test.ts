import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { nodeEngine } from '../crypto/node/engine.ts';
import { ecPrivateKeyInfo, privateKeyKind } from '../crypto/private-key-info.ts';
import { decodeSubjectPublicKeyInfo, encodeSubjectPublicKeyInfo, OID_RSA_ENCRYPTION } from '../crypto/public-key.ts';
import { mutations } from '../crypto/suite/check.suite.ts';
import { KEY_USAGE } from '../x509/extensions/key-usage.ts';
import { encodeBcryptEccBlob } from './bcrypt-ecc-blob.ts';
import { encodeBcryptRsaBlob } from './bcrypt-rsa-blob.ts';
import { encodeCapiPrivateKeyBlob } from './capi-blob.ts';
import { decodeKeyBlob, keyBlobFormat } from './key-blob.ts';
import { keySpecInFile, keySpecOfUsage, keyUsageOfPrivateKey, withKeyUsage } from './key-usage-attribute.ts';
import { computePublicKey } from './public-key-match.ts';

// From 2048 bits on OpenSSL takes d modulo lambda(n), as RSA2 is read.
const rsa = await nodeEngine.generateKey({ type: 'rsa', modulusLength: 2048 });
const otherRsa = await nodeEngine.generateKey({ type: 'rsa', modulusLength: 1024 });
const ec = await nodeEngine.generateKey({ type: 'ec', curve: 'P-256' });
const ecKind = privateKeyKind(ec);
assert.ok(ecKind.type === 'ec');
const ecWithoutPoint = ecPrivateKeyInfo('P-256', ecKind.d);

const forSigning = withKeyUsage(rsa, KEY_USAGE.digitalSignature);
const forBoth = withKeyUsage(rsa, KEY_USAGE.digitalSignature | KEY_USAGE.dataEncipherment);

test('every form of a private key is told by its first bytes', () => {
  const cases = [
    [encodeCapiPrivateKeyBlob(rsa), 'capi', rsa, 'exchange', 1],
    [encodeCapiPrivateKeyBlob(rsa, 2), 'capi', rsa, 'signature', 2],
    [encodeBcryptRsaBlob(rsa, 'RSA2'), 'bcrypt-rsa', rsa, 'exchange', 0],
    [encodeBcryptRsaBlob(rsa, 'RSA3'), 'bcrypt-rsa', rsa, 'exchange', 0],
    [encodeBcryptEccBlob(ec, 'ECDH'), 'bcrypt-ecc', ec, 'exchange', 0],
    [encodeBcryptEccBlob(ec, 'ECDSA'), 'bcrypt-ecc', ec, 'signature', 0],
    [rsa, 'pkcs8', rsa, 'exchange', 0],
    [ec, 'pkcs8', ec, 'exchange', 0],
    [ecWithoutPoint, 'pkcs8', ecWithoutPoint, 'exchange', 0],
    [forSigning, 'pkcs8', forSigning, 'signature', 0],
    [forBoth, 'pkcs8', forBoth, 'exchange', 0],
  ] as const;
  for (const [bytes, format, pkcs8, usage, keySpec] of cases) {
    assert.equal(keyBlobFormat(bytes), format);
    assert.deepEqual(decodeKeyBlob(bytes), { format, pkcs8, usage, keySpec });
    assert.deepEqual(decodeKeyBlob(bytes, computePublicKey(pkcs8)), { format, pkcs8, usage, keySpec });
  }
});

test('another key than the expected one is refused in every form', () => {
  const expected = computePublicKey(otherRsa);
  const blobs = [
    encodeCapiPrivateKeyBlob(rsa),
    encodeBcryptRsaBlob(rsa, 'RSA2'),
    encodeBcryptEccBlob(ec, 'ECDH'),
    rsa,
    ec,
    ecWithoutPoint,
  ];
  for (const blob of blobs) {
    assert.throws(
      () => decodeKeyBlob(blob, expected),
      (error) => isHresult(error, 'NTE_BAD_KEY'),
    );
  }
});

test('the expected key may leave out the NULL beside rsaEncryption', () => {
  const { subjectPublicKey } = decodeSubjectPublicKeyInfo(computePublicKey(rsa));
  const bare = encodeSubjectPublicKeyInfo({ algorithm: OID_RSA_ENCRYPTION, parameters: undefined }, subjectPublicKey);
  assert.deepEqual(decodeKeyBlob(rsa, bare).pkcs8, rsa);
});

test('an EC key whose point is not its own is refused', async () => {
  const other = privateKeyKind(await nodeEngine.generateKey({ type: 'ec', curve: 'P-256' }));
  assert.ok(other.type === 'ec' && other.point);
  const mixed = ecPrivateKeyInfo('P-256', ecKind.d, other.point);
  assert.throws(
    () => decodeKeyBlob(mixed),
    (error) => isHresult(error, 'NTE_BAD_KEY'),
  );
});

test('a PFX is told apart, and what is nothing is refused', () => {
  const pfx = Uint8Array.of(0x30, 0x82, 1, 0, 2, 1, 3, 0x30);
  assert.equal(keyBlobFormat(pfx), 'pfx');
  assert.equal(keyBlobFormat(Uint8Array.of(0x30, 0x80, 2, 1, 3, 0x30, 0x80)), 'pfx');
  assert.throws(
    () => decodeKeyBlob(pfx),
    (error) => isHresult(error, 'NTE_BAD_TYPE') && error.hint !== undefined,
  );
  for (const bytes of [
    new Uint8Array(0),
    Uint8Array.of(0x30),
    Uint8Array.of(6, 2, 0, 0),
    new Uint8Array(64).fill(0x41),
  ]) {
    assert.equal(keyBlobFormat(bytes), undefined);
    assert.throws(
      () => decodeKeyBlob(bytes),
      (error) => isHresult(error, 'NTE_BAD_TYPE'),
    );
  }
});

test('the decoded key is a copy: wiping it leaves the blob alone', () => {
  const blob = rsa.slice();
  decodeKeyBlob(blob).pkcs8.fill(0);
  assert.deepEqual(blob, rsa);
});

test('the KeyUsage attribute is written as Windows and openssl -keysig write it', () => {
  const tail = (bytes: Uint8Array) => Buffer.from(bytes.subarray(-17)).toString('hex');
  // [0] { SEQUENCE { 2.5.29.15, SET { BIT STRING } } }
  assert.equal(tail(forSigning).slice(4), 'a00d300b0603551d0f31040302 0780'.replaceAll(' ', ''));
  assert.equal(tail(forBoth).slice(4), 'a00d300b0603551d0f310403020490');
  assert.equal(keyUsageOfPrivateKey(rsa), undefined);
  assert.equal(keyUsageOfPrivateKey(forBoth), 0x90);
  assert.deepEqual(withKeyUsage(forSigning, 0x90), forBoth);
  assert.deepEqual([0x80, 0x10, 0x90, 0x20, 0x04, 0x40, undefined].map(keySpecOfUsage), [
    2,
    1,
    1,
    1,
    2,
    undefined,
    undefined,
  ]);
  // 0x90 is how Windows writes a CNG key, which has no KeySpec.
  assert.deepEqual([0x80, 0x10, 0x90, 0x40, undefined].map(keySpecInFile), [2, 1, 0, undefined, undefined]);
});

test('mutated blobs raise nothing but an HresultError', () => {
  const originals = [
    encodeCapiPrivateKeyBlob(rsa),
    encodeBcryptRsaBlob(rsa, 'RSA2'),
    encodeBcryptRsaBlob(rsa, 'RSA3'),
    encodeBcryptEccBlob(ec, 'ECDH'),
    rsa,
    ec,
    forBoth,
  ];
  let refused = 0;
  for (const original of originals) {
    for (const mutated of mutations(original, 150)) {
      try {
        decodeKeyBlob(mutated);
      } catch (error) {
        if (!(error instanceof HresultError)) throw error;
        refused++;
      }
    }
  }
  assert.ok(refused > 900, `${refused} of 1050 refused`);
});
