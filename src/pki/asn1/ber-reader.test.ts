import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Asn1Error } from './asn1-error.ts';
import { BerReader } from './ber-reader.ts';
import { TAG } from './tag.ts';

const bytes = (...octets: number[]) => Uint8Array.from(octets);

test('elements come back as they were received, whatever their lengths', () => {
  const inner = [0x30, 0x80, 2, 1, 5, 0x31, 0x80, 0, 0, 0, 0];
  const reader = new BerReader(bytes(0x30, 0x81, inner.length + 3, ...inner, 2, 1, 7)).constructed(TAG.SEQUENCE);
  assert.deepEqual(reader.element(), bytes(...inner));
  assert.equal(reader.peek(), TAG.INTEGER);
  assert.deepEqual(reader.content(TAG.INTEGER), bytes(7));
  assert.equal(reader.atEnd, true);
  assert.equal(reader.peek(), -1);
});

test('faults are named with their place', () => {
  const faults: readonly [octets: Uint8Array, symbol: string][] = [
    [bytes(0x30, 5, 0), 'CRYPT_E_ASN1_EOD'],
    [bytes(0x30, 0x80, 2, 1, 5), 'CRYPT_E_ASN1_EOD'],
    [bytes(0x02, 0x80, 0, 0), 'CRYPT_E_ASN1_CORRUPT'],
    [new Uint8Array(200).map((_, i) => (i % 2 === 0 ? 0x30 : 0x80)), 'CRYPT_E_ASN1_LARGE'],
  ];
  for (const [octets, symbol] of faults) {
    assert.throws(
      () => new BerReader(octets).element(),
      (error) => error instanceof Asn1Error && error.symbol === symbol,
    );
  }
  assert.throws(
    () => new BerReader(bytes(2, 1, 1)).constructed(TAG.SEQUENCE),
    (error) => error instanceof Asn1Error && error.symbol === 'CRYPT_E_ASN1_BADTAG',
  );
});
