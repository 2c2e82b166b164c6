import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { DerReader } from '../asn1/der-reader.ts';
import { encodeDer } from '../asn1/der-writer.ts';
import { readAlgorithmIdentifier } from './algorithm-identifier.ts';
import type { KeyTransport } from './engine.ts';
import { keyTransport, keyTransportAlgorithm } from './key-transport.ts';

function read(hex: string): KeyTransport {
  return keyTransport(readAlgorithmIdentifier(new DerReader(Uint8Array.from(Buffer.from(hex, 'hex')))));
}

const SHA256 = '300d06096086480165030402010500';
const OAEP_SHA256 = `303c06092a864886f70d010107302fa00f${SHA256}a11c301a06092a864886f70d010108${SHA256}`;

const TRANSPORTS: readonly (readonly [KeyTransport, string])[] = [
  [{ name: 'rsa-pkcs1' }, '300d06092a864886f70d0101010500'],
  [{ name: 'rsa-oaep', digest: 'sha1' }, '300d06092a864886f70d0101073000'],
  [{ name: 'rsa-oaep', digest: 'sha256' }, OAEP_SHA256],
];

test('every transport is written as RFC 4055 gives it, and read back', () => {
  for (const [transport, hex] of TRANSPORTS) {
    assert.equal(Buffer.from(encodeDer(keyTransportAlgorithm(transport))).toString('hex'), hex);
    assert.deepEqual(read(hex), transport);
  }
});

test('OAEP with absent parameters, with its defaults written out, and with an empty label is read', () => {
  const sha1 = { name: 'rsa-oaep', digest: 'sha1' };
  assert.deepEqual(read('300b06092a864886f70d010107'), sha1);
  const defaults = 'a00b300906052b0e03021a0500a118301606092a864886f70d010108300906052b0e03021a0500';
  assert.deepEqual(read(`303406092a864886f70d0101073027${defaults}`), sha1);
  assert.deepEqual(read('301e06092a864886f70d0101073011a20f300d06092a864886f70d0101090400'), sha1);
});

test('a label, another mask digest, another algorithm are refused', () => {
  for (const hex of [
    '302006092a864886f70d0101073013a211300f06092a864886f70d0101090402abcd',
    `301e06092a864886f70d0101073011a00f${SHA256}`,
    '300d06092a864886f70d01010b0500',
    '300b06092a864886f70d010903',
  ]) {
    assert.throws(
      () => read(hex),
      (error) => isHresult(error, 'NTE_BAD_ALGID'),
      hex,
    );
  }
});
