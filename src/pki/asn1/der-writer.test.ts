import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatHex, parseHex } from './bytes.ts';
import { DerReader } from './der-reader.ts';
import {
  bitString,
  bmpString,
  boolean,
  constructed,
  encodeDer,
  encodeHeader,
  enumerated,
  explicit,
  generalizedTime,
  ia5String,
  implicit,
  integer,
  namedBits,
  octetString,
  octetStringOf,
  oid,
  printableString,
  sequence,
  setInOrder,
  setOf,
  time,
  unsignedInteger,
  utcTime,
  utf8String,
} from './der-writer.ts';
import { contextConstructed, TAG } from './tag.ts';

const hexOf = (der: Parameters<typeof encodeDer>[0]) => formatHex(encodeDer(der));

test('what is written is read back', () => {
  const check = <T>(arbitrary: fc.Arbitrary<T>, write: (value: T) => Uint8Array, read: (reader: DerReader) => T) => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        const reader = new DerReader(write(value));
        assert.deepEqual(read(reader), value);
        reader.finish();
      }),
      { seed: 1 },
    );
  };
  check(
    fc.bigInt(),
    (value) => encodeDer(integer(value)),
    (reader) => reader.integer(),
  );
  check(
    fc.integer(),
    (value) => encodeDer(integer(value)),
    (reader) => reader.smallInteger(),
  );
  check(
    fc.uint8Array({ maxLength: 400 }),
    (value) => encodeDer(octetString(value)),
    (reader) => new Uint8Array(reader.octetString()),
  );
  check(
    fc.string({ unit: 'grapheme' }),
    (value) => encodeDer(utf8String(value)),
    (reader) => reader.string(),
  );
  check(
    fc.string({ unit: 'grapheme-composite' }),
    (value) => encodeDer(bmpString(value)),
    (reader) => reader.string(),
  );
  check(
    fc.boolean(),
    (value) => encodeDer(boolean(value)),
    (reader) => reader.boolean(),
  );
  check(
    fc
      .date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
      .map((date) => {
        date.setUTCMilliseconds(0);
        return date;
      }),
    (value) => encodeDer(time(value)),
    (reader) => reader.time(),
  );
  check(
    fc.tuple(fc.constantFrom('0', '1'), fc.nat(39), fc.array(fc.bigInt({ min: 0n, max: 1n << 70n }), { maxLength: 6 })),
    ([top, second, rest]) => encodeDer(oid([top, second, ...rest].join('.'))),
    (reader) => {
      const [top, second, ...rest] = reader.oid().split('.') as [string, string, ...string[]];
      return [top as '0' | '1', Number(second), rest.map(BigInt)] as ['0' | '1', number, bigint[]];
    },
  );
});

test('lengths and tags take their shortest form', () => {
  for (const length of [0, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000]) {
    const bytes = encodeDer(octetString(new Uint8Array(length)));
    assert.equal(new DerReader(bytes).octetString().length, length);
    assert.deepEqual(encodeHeader(TAG.OCTET_STRING, length), bytes.subarray(0, bytes.length - length));
  }
  assert.equal(formatHex(encodeHeader(TAG.SEQUENCE, 0x12345678)), '308412345678');
  assert.equal(hexOf(explicit(30, integer(1))), 'be03020101');
  assert.equal(hexOf(explicit(31, integer(1))), 'bf1f03020101');
  assert.equal(hexOf(explicit(0x4000, integer(1))), 'bf81800003020101');
  assert.equal(hexOf(constructed(contextConstructed(1), [])), 'a100');
});

test('implicit tags keep the form, sets their order', () => {
  assert.equal(hexOf(implicit(0, octetString(parseHex('01')))), '800101');
  assert.equal(hexOf(implicit(1, sequence(integer(1)))), 'a103020101');
  assert.equal(
    hexOf(setOf([integer(300), integer(2), octetString(new Uint8Array(0))])),
    '3109' + '020102' + '0202012c' + '0400',
  );
  assert.equal(hexOf(setInOrder([integer(2), integer(1)])), '3106020102020101');
  assert.equal(hexOf(sequence(undefined, integer(1), undefined)), '3003020101');
  assert.equal(hexOf(octetStringOf(integer(1))), '0403020101');
});

test('numbers and bits', () => {
  assert.equal(hexOf(unsignedInteger(parseHex('00 00 80'))), '02020080');
  assert.equal(hexOf(unsignedInteger(new Uint8Array(0))), '020100');
  assert.equal(hexOf(unsignedInteger(parseHex('7f'))), '02017f');
  assert.equal(hexOf(integer(parseHex('00ff'))), '020200ff');
  assert.equal(hexOf(enumerated(3)), '0a0103');
  assert.equal(hexOf(bitString(parseHex('a0'), 5)), '030205a0');
  assert.equal(hexOf(namedBits({ bytes: parseHex('a000'), unusedBits: 0 })), '030205a0');
  assert.equal(hexOf(namedBits({ bytes: parseHex('0000'), unusedBits: 0 })), '030100');
});

test('our own faults are RangeErrors', () => {
  assert.throws(() => printableString('a@b'), RangeError);
  assert.throws(() => ia5String('é'), RangeError);
  assert.throws(() => utcTime(new Date('2050-01-01T00:00:00Z')), RangeError);
  assert.throws(() => oid('1.2.x'), TypeError);
  assert.equal(
    hexOf(generalizedTime(new Date('2004-02-10T16:23:54Z'))),
    `180f${Buffer.from('20040210162354Z').toString('hex')}`,
  );
});
