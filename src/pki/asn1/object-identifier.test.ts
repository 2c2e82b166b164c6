import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Asn1Error } from './asn1-error.ts';
import { formatHex, parseHex } from './bytes.ts';
import { decodeOid, encodeOid, isOid } from './object-identifier.ts';

test('the arcs of X.690 §8.19', () => {
  const pairs: Readonly<Record<string, string>> = {
    '2.100.3': '813403',
    '0.0': '00',
    '0.39': '27',
    '1.0': '28',
    '2.0': '50',
    '2.47': '7f',
    '2.48': '8100',
    '1.2.840.113549': '2a864886f70d',
    '2.999.340282366920938463463374607431768211455': '883783ffffffffffffffffffffffffffffffffff7f',
  };
  for (const [text, hex] of Object.entries(pairs)) {
    assert.equal(formatHex(encodeOid(text)), hex);
    assert.equal(decodeOid(parseHex(hex)), text);
    assert.ok(isOid(text));
  }
});

test('a part of an array is read without a copy, and again from what is known', () => {
  const bytes = parseHex('06 03 550403 ff');
  for (let i = 0; i < 2; i++) assert.equal(decodeOid(bytes, 2, 5), '2.5.4.3');
});

test('text that is no identifier', () => {
  const texts = [
    '',
    '1',
    '3.1',
    '1.40',
    '0.40',
    '1.2.',
    '.1.2',
    '1..2',
    '01.2',
    '1.02',
    '1.2.x',
    ' 1.2',
    '1.2\n',
    '-1.2',
    '1.2.3.',
  ];
  for (const text of texts) {
    assert.equal(isOid(text), false, JSON.stringify(text));
    assert.throws(() => encodeOid(text), TypeError, JSON.stringify(text));
  }
});

test('bytes that are no identifier', () => {
  for (const hex of ['', '80', '2a80', '2a8001', '8001', 'ff'.repeat(300)]) {
    assert.throws(() => decodeOid(parseHex(hex)), Asn1Error, hex);
  }
});
