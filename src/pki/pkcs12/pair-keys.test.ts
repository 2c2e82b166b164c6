import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeDer, integer, octetString, oid, sequence } from '../asn1/der-writer.ts';
import { ecPrivateKeyInfo, privateKeyKind } from '../crypto/private-key-info.ts';
import { encodeSubjectPublicKeyInfo } from '../crypto/public-key.ts';
import { computePublicKey } from '../keyblob/public-key-match.ts';
import { pairKeys } from './pair-keys.ts';
import type { PfxCertificate, PfxKey } from './pfx-contents.ts';
import { certificateFor, keyAndCertificate } from './pfx-material.suite.ts';

const one = await keyAndCertificate(1, 'rsa');
const two = await keyAndCertificate(2);
const root = await keyAndCertificate(3);

function keyOf(pkcs8: Uint8Array, localKeyId?: number): PfxKey {
  return {
    pkcs8,
    localKeyId: localKeyId === undefined ? undefined : Uint8Array.of(localKeyId),
    friendlyName: undefined,
    cspName: undefined,
    machineKeyset: false,
    keySpecBits: undefined,
    attributes: [],
  };
}

function certificateOf(certificate: Uint8Array, localKeyId?: number): PfxCertificate {
  return {
    certificate,
    localKeyId: localKeyId === undefined ? undefined : Uint8Array.of(localKeyId),
    friendlyName: undefined,
    properties: new Map(),
    attributes: [],
  };
}

test('keys find their certificates by public key where there is no localKeyID', () => {
  const keys = [keyOf(one.pkcs8), keyOf(two.pkcs8)];
  const certificates = [
    certificateOf(root.certificate),
    certificateOf(two.certificate),
    certificateOf(one.certificate),
  ];
  assert.deepEqual(pairKeys({ keys, certificates }), {
    pairs: [
      { key: keys[0], certificates: [certificates[2]] },
      { key: keys[1], certificates: [certificates[1]] },
    ],
    others: [certificates[0]],
  });
});

test('a renewed certificate of the same key is the same key, the one of its localKeyID first', () => {
  const renewed = certificateOf(certificateFor(computePublicKey(one.pkcs8), 9), 5);
  const first = certificateOf(one.certificate);
  const keys = [keyOf(one.pkcs8, 5)];
  assert.deepEqual(pairKeys({ keys, certificates: [first, renewed] }), {
    pairs: [{ key: keys[0], certificates: [renewed, first] }],
    others: [],
  });
});

test('a localKeyID does not join a key with the certificate of another', () => {
  const keys = [keyOf(one.pkcs8, 1), keyOf(two.pkcs8, 1)];
  const certificates = [certificateOf(two.certificate, 1), certificateOf(one.certificate, 1)];
  const { pairs, others } = pairKeys({ keys, certificates });
  assert.deepEqual(
    pairs.map((pair) => pair.certificates),
    [[certificates[1]], [certificates[0]]],
  );
  assert.deepEqual(others, []);
});

test('an EC key without its point finds its certificate', () => {
  const kind = privateKeyKind(two.pkcs8);
  assert.ok(kind.type === 'ec');
  const keys = [keyOf(ecPrivateKeyInfo('P-256', kind.d))];
  const certificates = [certificateOf(two.certificate)];
  assert.deepEqual(pairKeys({ keys, certificates }).pairs[0]!.certificates, certificates);
});

test('a key of a kind nobody reads goes by its localKeyID', () => {
  const ed25519 = '1.3.101.112';
  const pkcs8 = encodeDer(sequence(integer(0), sequence(oid(ed25519)), octetString(new Uint8Array(34))));
  const publicKey = encodeSubjectPublicKeyInfo({ algorithm: ed25519, parameters: undefined }, new Uint8Array(32));
  const keys = [keyOf(pkcs8, 7), keyOf(pkcs8)];
  const certificates = [certificateOf(one.certificate, 8), certificateOf(certificateFor(publicKey, 4), 7)];
  assert.deepEqual(pairKeys({ keys, certificates }), {
    pairs: [
      { key: keys[0], certificates: [certificates[1]] },
      { key: keys[1], certificates: [] },
    ],
    others: [certificates[0]],
  });
});
