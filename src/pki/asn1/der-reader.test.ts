import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Asn1Error } from './asn1-error.ts';
import { parseHex } from './bytes.ts';
import { DerReader } from './der-reader.ts';
import { contextConstructed, contextPrimitive, TAG } from './tag.ts';

const reader = (hex: string) => new DerReader(parseHex(hex));

/** Offset and symbol of the fault that `read` meets. */
function faultOf(hex: string, read: (reader: DerReader) => unknown): string {
  try {
    read(reader(hex));
  } catch (error) {
    assert.ok(error instanceof Asn1Error);
    return `${error.symbol}@${error.offset}`;
  }
  return 'none';
}

test('values of each type', () => {
  assert.equal(reader('0101ff').boolean(), true);
  assert.equal(reader('010100').boolean(), false);
  assert.equal(reader('0203018000').integer(), 0x18000n);
  assert.equal(reader('0202ff7f').integer(), -129n);
  assert.equal(reader('020180').smallInteger(), -128);
  assert.equal(reader('02047fffffff').smallInteger(), 0x7fffffff);
  assert.equal(reader('0603550403').oid(), '2.5.4.3');
  assert.equal(reader('0a0105').integer(TAG.ENUMERATED), 5n);
  assert.deepEqual(reader('0403010203').octetString(), parseHex('010203'));
  assert.deepEqual(reader('03020780').bitString(), { bytes: parseHex('80'), unusedBits: 7 });
  assert.deepEqual(reader('0303000102').wholeBitString(), parseHex('0102'));
  assert.equal(reader('0c02c3a9').string(), 'é');
  assert.equal(reader('1e0400e90041').string(), 'éA');
  assert.equal(reader('1c040001f600').string(), '\u{1f600}');
  assert.equal(reader('170d3034303231303136323335345a').time().toISOString(), '2004-02-10T16:23:54.000Z');
  assert.equal(reader('180f32303530303130313030303030305a').time().toISOString(), '2050-01-01T00:00:00.000Z');
  reader('0500').null();
});

test('structures, tags of any size and optional fields', () => {
  const outer = reader('3009020101a00205008100');
  const fields = outer.sequence();
  assert.equal(fields.smallInteger(), 1);
  assert.equal(fields.optionalExplicit(1), undefined);
  fields.optionalExplicit(0)!.null();
  assert.equal(fields.peek(), contextPrimitive(1));
  assert.deepEqual(fields.element(), parseHex('8100'));
  assert.equal(fields.peek(), -1);
  fields.finish();
  outer.finish();
  assert.equal(reader('bf8148020500').peek(), contextConstructed(200));
  reader('bf8148020500').explicit(200).null();
});

test('offsets in faults are those of the outermost bytes', () => {
  assert.equal(
    faultOf('300504030201ff', (r) => new DerReader(r.bytes, 4, 7).boolean()),
    'CRYPT_E_ASN1_BADTAG@4',
  );
  assert.equal(
    faultOf('3006 0404 02020001', (r) => r.sequence().octetStringReader().integer()),
    'CRYPT_E_ASN1_CORRUPT@6',
  );
});

test('what is no DER is refused, with its place', () => {
  const faults: [hex: string, read: (reader: DerReader) => unknown, fault: string][] = [
    ['', (r) => r.integer(), 'CRYPT_E_ASN1_EOD@0'],
    ['02', (r) => r.integer(), 'CRYPT_E_ASN1_EOD@0'],
    ['0202 01', (r) => r.integer(), 'CRYPT_E_ASN1_EOD@0'],
    ['0000', (r) => r.element(), 'CRYPT_E_ASN1_CORRUPT@0'],
    ['3080 0000', (r) => r.sequence(), 'CRYPT_E_ASN1_RULE@1'],
    ['0481 01 00', (r) => r.octetString(), 'CRYPT_E_ASN1_RULE@2'],
    ['0482 0080', (r) => r.octetString(), 'CRYPT_E_ASN1_RULE@2'],
    ['0485 0000000001', (r) => r.octetString(), 'CRYPT_E_ASN1_LARGE@1'],
    ['0484 ffffffff', (r) => r.octetString(), 'CRYPT_E_ASN1_EOD@0'],
    ['0482 01', (r) => r.octetString(), 'CRYPT_E_ASN1_EOD@2'],
    ['1f80 01 00', (r) => r.element(), 'CRYPT_E_ASN1_CORRUPT@1'],
    ['1f1e 00', (r) => r.element(), 'CRYPT_E_ASN1_CORRUPT@1'],
    ['1fff ff ff ff 7f 00', (r) => r.element(), 'CRYPT_E_ASN1_LARGE@4'],
    ['1fff', (r) => r.element(), 'CRYPT_E_ASN1_EOD@2'],
    ['1f1f', (r) => r.element(), 'CRYPT_E_ASN1_EOD@2'],
    ['010101', (r) => r.boolean(), 'CRYPT_E_ASN1_CORRUPT@2'],
    ['01020000', (r) => r.boolean(), 'CRYPT_E_ASN1_CORRUPT@2'],
    ['0200', (r) => r.integer(), 'CRYPT_E_ASN1_CORRUPT@2'],
    ['02020001', (r) => r.integer(), 'CRYPT_E_ASN1_CORRUPT@2'],
    ['0202ffff', (r) => r.integer(), 'CRYPT_E_ASN1_CORRUPT@2'],
    ['02050100000000', (r) => r.smallInteger(), 'CRYPT_E_ASN1_LARGE@0'],
    ['050100', (r) => r.null(), 'CRYPT_E_ASN1_CORRUPT@2'],
    ['0300', (r) => r.bitString(), 'CRYPT_E_ASN1_CORRUPT@2'],
    ['030108', (r) => r.bitString(), 'CRYPT_E_ASN1_CORRUPT@2'],
    ['030101', (r) => r.bitString(), 'CRYPT_E_ASN1_CORRUPT@2'],
    ['03020780', (r) => r.wholeBitString(), 'CRYPT_E_ASN1_CORRUPT@0'],
    ['0c01ff', (r) => r.string(), 'CRYPT_E_ASN1_UTF8@2'],
    ['1e0100', (r) => r.string(), 'CRYPT_E_ASN1_CORRUPT@2'],
    ['1c0400110000', (r) => r.string(), 'CRYPT_E_ASN1_CORRUPT@2'],
    ['0401 41', (r) => r.string(), 'CRYPT_E_ASN1_BADTAG@0'],
    ['0603550403', (r) => r.time(), 'CRYPT_E_ASN1_BADTAG@0'],
    ['020101 00', (r) => [r.integer(), r.finish()], 'CRYPT_E_ASN1_NOEOD@3'],
  ];
  for (const [hex, read, fault] of faults) assert.equal(faultOf(hex, read), fault, hex);
});

test('a number past every use is refused before it is made', () => {
  const bytes = new Uint8Array(0x20005).fill(0x11);
  bytes.set([0x02, 0x83, 0x02, 0x00, 0x00]);
  assert.throws(() => new DerReader(bytes).integer(), Asn1Error);
  assert.equal(new DerReader(bytes).integerBytes().length, 0x20000);
});

test('nesting ends at 64', () => {
  let bytes = parseHex('0500');
  for (let i = 0; i < 100; i++)
    bytes = new Uint8Array([0x30, 0x81, bytes.length, ...bytes].filter((_, at) => at !== 1 || bytes.length > 127));
  const descend = (r: DerReader): number => (r.peek() === TAG.SEQUENCE ? 1 + descend(r.sequence()) : 0);
  assert.throws(
    () => descend(new DerReader(bytes)),
    (error) => error instanceof Asn1Error && error.symbol === 'CRYPT_E_ASN1_LARGE',
  );
});
