import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { DerReader } from '../asn1/der-reader.ts';
import { type DerNode, encodeDer } from '../asn1/der-writer.ts';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from './algorithm-identifier.ts';
import { digestOid } from './digest-algorithm.ts';
import type { SignatureScheme } from './engine.ts';
import { ecPublicKeyInfo, rsaPublicKeyInfo } from './public-key.ts';
import { cmsSignatureScheme, defaultScheme, signatureAlgorithm, signatureScheme } from './signature-algorithm.ts';

const NULL = Uint8Array.of(5, 0);

function decoded(node: DerNode): AlgorithmIdentifier {
  return readAlgorithmIdentifier(new DerReader(encodeDer(node)));
}

function fromHex(hex: string): AlgorithmIdentifier {
  return readAlgorithmIdentifier(new DerReader(Uint8Array.from(Buffer.from(hex, 'hex'))));
}

function refuses(algorithm: AlgorithmIdentifier): void {
  assert.throws(
    () => signatureScheme(algorithm),
    (error) => isHresult(error, 'NTE_BAD_ALGID'),
  );
}

const SCHEMES: readonly (readonly [SignatureScheme, string])[] = [
  [{ name: 'rsa-pkcs1', digest: 'md5' }, '300d06092a864886f70d0101040500'],
  [{ name: 'rsa-pkcs1', digest: 'sha1' }, '300d06092a864886f70d0101050500'],
  [{ name: 'rsa-pkcs1', digest: 'sha256' }, '300d06092a864886f70d01010b0500'],
  [{ name: 'rsa-pkcs1', digest: 'sha384' }, '300d06092a864886f70d01010c0500'],
  [{ name: 'rsa-pkcs1', digest: 'sha512' }, '300d06092a864886f70d01010d0500'],
  [{ name: 'ecdsa', digest: 'sha1' }, '300906072a8648ce3d0401'],
  [{ name: 'ecdsa', digest: 'sha256' }, '300a06082a8648ce3d040302'],
  [{ name: 'ecdsa', digest: 'sha384' }, '300a06082a8648ce3d040303'],
  [{ name: 'ecdsa', digest: 'sha512' }, '300a06082a8648ce3d040304'],
  [{ name: 'rsa-pss', digest: 'sha1', saltLength: 20 }, '300d06092a864886f70d01010a3000'],
  [{ name: 'rsa-pss', digest: 'sha1', saltLength: 0 }, '301206092a864886f70d01010a3005a203020100'],
  [
    { name: 'rsa-pss', digest: 'sha256', saltLength: 32 },
    // As openssl writes it with rsa_padding_mode:pss, rsa_pss_saltlen:32.
    '304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120',
  ],
];

test('every scheme is written as the RFCs give it, and read back', () => {
  for (const [scheme, hex] of SCHEMES) {
    assert.equal(Buffer.from(encodeDer(signatureAlgorithm(scheme))).toString('hex'), hex);
    assert.deepEqual(signatureScheme(fromHex(hex)), scheme);
  }
});

test('RSA without its NULL, ECDSA with one, and the old names are read', () => {
  const rsa = { algorithm: '1.2.840.113549.1.1.11', parameters: undefined };
  assert.deepEqual(signatureScheme(rsa), { name: 'rsa-pkcs1', digest: 'sha256' });
  assert.deepEqual(signatureScheme({ algorithm: '1.2.840.10045.4.3.2', parameters: NULL }), {
    name: 'ecdsa',
    digest: 'sha256',
  });
  assert.deepEqual(signatureScheme({ algorithm: '1.3.14.3.2.29', parameters: NULL }), {
    name: 'rsa-pkcs1',
    digest: 'sha1',
  });
  const specified = encodeDer(signatureAlgorithm({ name: 'rsa-pkcs1', digest: 'sha384' }));
  refuses({ algorithm: '1.2.840.10045.4.3', parameters: specified });
  const sha384 = Uint8Array.from(Buffer.from('300b0609608648016503040202', 'hex'));
  assert.deepEqual(signatureScheme({ algorithm: '1.2.840.10045.4.3', parameters: sha384 }), {
    name: 'ecdsa',
    digest: 'sha384',
  });
});

test('what no engine verifies is refused', () => {
  // DSA, DSA with SHA-256, Ed25519, RSA with SHA-224, PSS and specifiedECDSA without parameters.
  const unknown = ['1.2.840.10040.4.3', '2.16.840.1.101.3.4.3.2', '1.3.101.112', '1.2.840.113549.1.1.14'];
  for (const algorithm of [...unknown, '1.2.840.113549.1.1.10', '1.2.840.10045.4.3']) {
    refuses({ algorithm, parameters: undefined });
  }
  refuses({ algorithm: '1.2.840.113549.1.1.11', parameters: Uint8Array.of(4, 0) });
  // PSS: MGF1 over another digest, trailer 2, a negative salt.
  refuses(fromHex('301e06092a864886f70d01010a3011a00f300d06096086480165030402010500'));
  refuses(fromHex('301206092a864886f70d01010a3005a303020102'));
  refuses(fromHex('301206092a864886f70d01010a3005a2030201ff'));
  assert.throws(
    () => signatureScheme(fromHex('300d06092a864886f70d01010a0500')),
    (error) => error instanceof HresultError,
  );
  assert.throws(
    () => signatureAlgorithm({ name: 'ecdsa', digest: 'md5' }),
    (error) => isHresult(error, 'NTE_BAD_ALGID'),
  );
});

test('a SignerInfo that names only the kind of key takes the digest of its digestAlgorithm', () => {
  const sha256 = { algorithm: digestOid('sha256'), parameters: undefined };
  const rsaEncryption = { algorithm: '1.2.840.113549.1.1.1', parameters: NULL };
  assert.deepEqual(cmsSignatureScheme(rsaEncryption, sha256), { name: 'rsa-pkcs1', digest: 'sha256' });
  const ecPublicKey = { algorithm: '1.2.840.10045.2.1', parameters: undefined };
  assert.deepEqual(cmsSignatureScheme(ecPublicKey, sha256), { name: 'ecdsa', digest: 'sha256' });
  const whole = decoded(signatureAlgorithm({ name: 'rsa-pkcs1', digest: 'sha512' }));
  assert.deepEqual(cmsSignatureScheme(whole, sha256), { name: 'rsa-pkcs1', digest: 'sha512' });
  assert.throws(
    () => cmsSignatureScheme(rsaEncryption, { algorithm: '1.2.3', parameters: NULL }),
    (error) => isHresult(error, 'NTE_BAD_ALGID'),
  );
});

test('what a key signs with unless told otherwise', () => {
  const rsa = rsaPublicKeyInfo(new Uint8Array(128).fill(0xff), Uint8Array.of(1, 0, 1));
  assert.deepEqual(defaultScheme(rsa), { name: 'rsa-pkcs1', digest: 'sha256' });
  assert.deepEqual(defaultScheme(rsa, 'sha1'), { name: 'rsa-pkcs1', digest: 'sha1' });
  const point = (bytes: number) => new Uint8Array(1 + 2 * bytes).fill(4);
  assert.deepEqual(defaultScheme(ecPublicKeyInfo('P-256', point(32))), { name: 'ecdsa', digest: 'sha256' });
  assert.deepEqual(defaultScheme(ecPublicKeyInfo('P-384', point(48))), { name: 'ecdsa', digest: 'sha384' });
  assert.deepEqual(defaultScheme(ecPublicKeyInfo('P-521', point(66))), { name: 'ecdsa', digest: 'sha512' });
});
