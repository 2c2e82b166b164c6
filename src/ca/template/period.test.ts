import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHresult } from '#hresult/hresult-error';
import { formatHex, parseHex } from '#pki/asn1/bytes';
import {
  decodePeriod,
  encodePeriod,
  formatPeriod,
  parsePeriod,
  periodMilliseconds,
  periodOfMilliseconds,
} from './period.ts';

/** As the default templates of MS-CRTD appendix A store them. */
const STORED = [
  ['1 Years', '0040 3987 2EE1 FEFF'],
  ['2 Years', '0080 720E 5DC2 FDFF'],
  ['5 Years', '0040 1EA4 E865 FAFF'],
  ['6 Weeks', '0080 A60A FFDE FFFF'],
  ['1 Weeks', '00C0 1BD7 7FFA FFFF'],
  ['2 Weeks', '0080 37AE FFF4 FFFF'],
  ['2 Days', '0080 2CAB 6DFE FFFF'],
  ['1 Days', '0040 96D5 36FF FFFF'],
] as const;

test('the octets of published templates and their words', () => {
  for (const [words, hex] of STORED) {
    const bytes = parseHex(hex);
    assert.equal(formatPeriod(decodePeriod(bytes)), words);
    assert.equal(formatHex(encodePeriod(parsePeriod(words))), formatHex(bytes));
  }
});

test('words are read as people write them', () => {
  assert.equal(parsePeriod('1 year'), parsePeriod('365 Days'));
  assert.equal(periodMilliseconds(parsePeriod(' 90 minutes ')), 5_400_000);
  assert.equal(formatPeriod(parsePeriod('60 days')), '2 Months');
  assert.equal(formatPeriod(periodOfMilliseconds(1500)), '1 Seconds');
  assert.equal(formatPeriod(0n), '0 Seconds');
  for (const text of ['', '2', 'Years', '-1 Years', '1.5 Years', '1 Fortnights', '9999999999 Years'])
    assert.throws(
      () => parsePeriod(text),
      (error) => isHresult(error, 'ERROR_INVALID_PARAMETER'),
      text,
    );
});

test('any span comes back', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 0x7fffffffffffffffn), (period) => {
      assert.equal(decodePeriod(encodePeriod(period)), period);
    }),
    { seed: 3 },
  );
});

test('a point in time and another length are refused', () => {
  for (const hex of ['', '00', '0100000000000000', '0000000000000080', '000000000000000000'])
    assert.throws(
      () => decodePeriod(parseHex(hex)),
      (error) => isHresult(error, 'ERROR_INVALID_DATA'),
      hex,
    );
});
