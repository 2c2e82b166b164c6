import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { decodeSignedData, encodeSignedData } from './signed-data.ts';

const whitepaper = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../test/vectors/whitepaper/${name}`, import.meta.url)));

for (const name of ['request.der', 'response.der']) {
  test(`${name} of the white paper is encoded again byte for byte`, () => {
    const bytes = whitepaper(name);
    assert.deepEqual(encodeSignedData(decodeSignedData(bytes)), bytes);
  });
}

test('the response holds two certificates and one signer', () => {
  const { version, certificates, crls, signerInfos, encapContentInfo } = decodeSignedData(whitepaper('response.der'));
  assert.equal(version, 3);
  assert.deepEqual(
    certificates?.map((raw) => raw.length),
    [1184, 1572],
  );
  assert.equal(crls, undefined);
  assert.equal(signerInfos.length, 1);
  assert.equal(signerInfos[0]!.version, 1);
  assert.equal(encapContentInfo.eContentType, '1.3.6.1.5.5.7.12.3');
  assert.equal(encapContentInfo.eContent?.length, 150);
});

test('another content type is refused by name', () => {
  const data = Uint8Array.of(0x30, 0x0f, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 1, 0xa0, 2, 4, 0);
  assert.throws(
    () => decodeSignedData(data),
    (error) => isHresult(error, 'CRYPT_E_INVALID_MSG_TYPE'),
  );
});

test('PKCS #7 content that is no OCTET STRING is digested without its header and written again as it was', () => {
  const content = [0x30, 3, 2, 1, 7];
  const body = [
    2,
    1,
    1,
    0x31,
    0,
    0x30,
    0x12,
    6,
    9,
    0x2a,
    0x86,
    0x48,
    0x86,
    0xf7,
    13,
    1,
    7,
    3,
    0xa0,
    5,
    ...content,
    0x31,
    0,
  ];
  const oid = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 2];
  const signed = [0x30, body.length, ...body];
  const bytes = Uint8Array.of(0x30, oid.length + 2 + signed.length, ...oid, 0xa0, signed.length, ...signed);
  const value = decodeSignedData(bytes);
  assert.deepEqual(value.encapContentInfo.eContent, Uint8Array.of(2, 1, 7));
  assert.deepEqual(value.encapContentInfo.pkcs7Content, Uint8Array.from(content));
  assert.deepEqual(encodeSignedData(value), bytes);
});
