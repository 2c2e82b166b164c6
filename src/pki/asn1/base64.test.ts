import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHresult } from '#hresult/hresult-error';
import { decodeBase64, encodeBase64 } from './base64.ts';

test('the examples of RFC 4648 §10', () => {
  const examples = {
    '': '',
    f: 'Zg==',
    fo: 'Zm8=',
    foo: 'Zm9v',
    foob: 'Zm9vYg==',
    fooba: 'Zm9vYmE=',
    foobar: 'Zm9vYmFy',
  };
  for (const [text, encoded] of Object.entries(examples)) {
    assert.equal(encodeBase64(new TextEncoder().encode(text)), encoded);
    assert.equal(new TextDecoder().decode(decodeBase64(encoded)), text);
  }
});

test('writes what the platform writes and reads it back, blanks and all', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('', '\r\n', ' \t'), (bytes, blank) => {
      const encoded = encodeBase64(bytes);
      assert.equal(encoded, Buffer.from(bytes).toString('base64'));
      assert.deepEqual(decodeBase64(encoded.replace(/.{1,7}/g, `$&${blank}`)), bytes);
    }),
    { seed: 1 },
  );
});

test('everything else is refused', () => {
  const texts = [
    'Zg',
    'Zg=',
    'Zg===',
    'Z',
    'Z===',
    '=',
    '====',
    'Zg==Zg==',
    'Zm9v=',
    'Zh==',
    'Zm9=',
    'Zm-_',
    'Zm9é',
    'Zm9v\0',
  ];
  for (const text of texts) {
    assert.throws(
      () => decodeBase64(text),
      (error) => isHresult(error, 'ERROR_INVALID_DATA'),
      JSON.stringify(text),
    );
  }
});
