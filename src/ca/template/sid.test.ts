import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { formatHex, parseHex } from '#pki/asn1/bytes';
import { decodeGuid, encodeGuid } from './guid.ts';
import { decodeSid, encodeSid, isSid } from './sid.ts';

test('published identifiers', () => {
  // MS-DTYP 2.4.2.4 and the domain SID of the vectors as Samba packs it.
  for (const [text, hex] of [
    ['S-1-1-0', '010100000000000100000000'],
    ['S-1-5-32-544', '01020000000000052000000020020000'],
    ['S-1-5-21-1004336348-1177238915-682003330-512', '010500000000000515000000dcf4dc3b833d2b46828ba62800020000'],
    ['S-1-0x010000000000-7', '010101000000000007000000'],
    ['S-1-5', '0100000000000005'],
  ] as const) {
    assert.equal(formatHex(encodeSid(text)), hex);
    assert.equal(decodeSid(parseHex(hex)), text);
  }
  // objectGUID of MS-CRTD 3, and the octets Windows stores for it.
  assert.equal(formatHex(encodeGuid('{0dbfa8b3-c28f-11d2-91e6-08002ba3ed3b}')), 'b3a8bf0d8fc2d21191e608002ba3ed3b');
  assert.equal(decodeGuid(parseHex('b3a8bf0d8fc2d21191e608002ba3ed3b')), '0dbfa8b3-c28f-11d2-91e6-08002ba3ed3b');
});

test('text that is none', () => {
  for (const text of ['', 'S-1', 'S-2-5-18', 'S-1-5-', 'S-1-5-4294967296', `S-1-5${'-1'.repeat(16)}`, 'x S-1-5-18']) {
    assert.equal(isSid(text), false, text);
    assert.throws(
      () => encodeSid(text),
      (error) => isHresult(error, 'ERROR_INVALID_PARAMETER'),
      text,
    );
  }
  assert.throws(() => encodeGuid('0dbfa8b3c28f11d291e608002ba3ed3b'), HresultError);
});

test('any octets are a SID that comes back, or refused', () => {
  let read = 0;
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.uint8Array({ minLength: 6, maxLength: 66 }).map((rest) => {
      const count = Math.min(15, Math.floor((rest.length - 6) / 4));
      return Uint8Array.from([1, count, ...rest.subarray(0, 6 + 4 * count)]);
    }),
  );
  fc.assert(
    fc.property(octets, (bytes) => {
      try {
        const text = decodeSid(bytes);
        read++;
        assert.equal(formatHex(encodeSid(text)), formatHex(bytes));
      } catch (error) {
        assert.ok(isHresult(error, 'ERROR_INVALID_DATA'), String(error));
      }
    }),
    { seed: 4, numRuns: 500 },
  );
  assert.ok(read > 100);
});
