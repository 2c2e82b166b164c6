import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Asn1Error } from './asn1-error.ts';
import { decodeGeneralizedTime, decodeUtcTime, formatGeneralizedTime, formatUtcTime } from './time.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const utc = (text: string) => decodeUtcTime(bytesOf(text), 0, text.length).toISOString();
const generalized = (text: string) => decodeGeneralizedTime(bytesOf(text), 0, text.length).toISOString();

test('two digits of a year stand for 1950 to 2049', () => {
  assert.equal(utc('500101000000Z'), '1950-01-01T00:00:00.000Z');
  assert.equal(utc('491231235959Z'), '2049-12-31T23:59:59.000Z');
  assert.equal(formatUtcTime(new Date('1950-01-01T00:00:00Z')), '500101000000Z');
  assert.equal(formatUtcTime(new Date('2049-12-31T23:59:59Z')), '491231235959Z');
});

test('four digits reach from 0000 to 9999, with fractions', () => {
  assert.equal(generalized('00000229000000Z'), '0000-02-29T00:00:00.000Z');
  assert.equal(generalized('99991231235959Z'), '9999-12-31T23:59:59.000Z');
  assert.equal(generalized('20240229120000.5Z'), '2024-02-29T12:00:00.500Z');
  assert.equal(generalized('20240229120000.123456789Z'), '2024-02-29T12:00:00.123Z');
  assert.equal(formatGeneralizedTime(new Date('0800-12-25T00:00:00.999Z')), '08001225000000Z');
});

test('no such time', () => {
  const times = ['040210162354', '04021016235Z', '0402101623540Z', '040230162354Z', '041310162354Z', '040200162354Z'];
  for (const text of [...times, '040210242354Z', '040210166054Z', '040210162360Z', '04 210162354Z', '040210162354+']) {
    assert.throws(() => utc(text), Asn1Error, text);
  }
  const long = [
    '20040210162354',
    '200402101623Z',
    '20040210162354,5Z',
    '20040210162354.Z',
    '20040210162354.1234567890Z',
  ];
  for (const text of [...long, '20230229000000Z', '20040210162354.-1Z', '20040210162354.1', '2004021016235４Z']) {
    assert.throws(() => generalized(text), Asn1Error, text);
  }
});
