import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Asn1Error } from './asn1-error.ts';
import { parseHex } from './bytes.ts';
import { decodeString, encodeBmp, encodeLatin1, isIa5String, isPrintableString } from './strings.ts';
import { formatTag, TAG } from './tag.ts';

const decode = (tag: number, hex: string) => decodeString(tag, parseHex(hex), 0, parseHex(hex).length);

test('each string type is read by its own rule', () => {
  assert.equal(decode(TAG.UTF8_STRING, 'efbbbf41'), '\u{feff}A');
  assert.equal(decode(TAG.TELETEX_STRING, '41e9'), 'Aé');
  assert.equal(decode(TAG.PRINTABLE_STRING, '4142'), 'AB');
  assert.equal(decode(TAG.BMP_STRING, 'd83dde00'), '\u{1f600}');
  assert.equal(decode(TAG.UNIVERSAL_STRING, '0010ffff'), '\u{10ffff}');
  for (const [tag, hex] of [
    [TAG.UTF8_STRING, 'c080'],
    [TAG.UTF8_STRING, 'eda080'],
    [TAG.UTF8_STRING, 'f4908080'],
    [TAG.BMP_STRING, '41'],
    [TAG.UNIVERSAL_STRING, '000041'],
    [TAG.UNIVERSAL_STRING, '80000041'],
  ] as const) {
    assert.throws(() => decode(tag, hex), Asn1Error, hex);
  }
});

test('which characters a type takes', () => {
  assert.ok(isPrintableString("Az09 '()+,-./:=?"));
  for (const other of ['*', '@', '&', '_', 'é']) assert.equal(isPrintableString(other), false);
  assert.ok(isIa5String('a@b\0\x7f'));
  assert.equal(isIa5String('é'), false);
  assert.deepEqual(encodeBmp('Aé'), parseHex('004100e9'));
  assert.deepEqual(encodeLatin1('é'), parseHex('e9'));
  assert.throws(() => encodeLatin1('€'), RangeError);
});

test('tags are named as people name them', () => {
  assert.equal(formatTag(TAG.SEQUENCE), 'SEQUENCE');
  assert.equal(formatTag(TAG.UTF8_STRING), 'UTF8 STRING');
  assert.equal(formatTag(0xa0), '[0]');
  assert.equal(formatTag(0x61), '[APPLICATION 1]');
  assert.equal(formatTag(0xc1), '[PRIVATE 1]');
  assert.equal(formatTag(0xbf | (200 << 8)), '[200]');
  assert.equal(formatTag(0x0d), '[UNIVERSAL 13]');
});
