import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHresult } from '#hresult/hresult-error';
import { formatSerial, parseSerial, positiveSerial } from './serial-number.ts';

test('the sign octet is neither printed nor typed', () => {
  assert.equal(formatSerial(Uint8Array.of(0, 0x80, 1)), '8001');
  assert.deepEqual(parseSerial('8001'), Uint8Array.of(0, 0x80, 1));
  assert.equal(formatSerial(Uint8Array.of(0x61, 1)), '6101');
  assert.equal(formatSerial(Uint8Array.of(0)), '00');
});

test('blanks, case, 0x and leading zeros do not count', () => {
  const expected = Uint8Array.of(0x18, 0xd0, 0x10, 0x0d);
  for (const text of ['18d0100d', '18 D0 10 0D', '0x18D0100D', '00018d0100d', ' 18d0\t100d\n']) {
    assert.deepEqual(parseSerial(text), expected, text);
  }
  assert.deepEqual(parseSerial('0'), Uint8Array.of(0));
  assert.deepEqual(parseSerial('f'), Uint8Array.of(0x0f));
});

test('what is not hexadecimal is refused', () => {
  for (const text of ['', ' ', '0x', '12g4', 'CN=a', '-1', 'a'.repeat(129)]) {
    assert.throws(
      () => parseSerial(text),
      (error) => isHresult(error, 'ERROR_INVALID_PARAMETER'),
      text,
    );
  }
});

test('any positive serial number is found again by what is printed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
      const serial = positiveSerial(bytes);
      assert.ok(serial[0]! < 0x80);
      assert.deepEqual(parseSerial(formatSerial(serial)), serial);
    }),
    { seed: 4122, numRuns: 300 },
  );
});
