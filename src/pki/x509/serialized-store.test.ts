import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { mutate, randomNumbers } from '#test/support/mutation';
import { parseHex } from '../asn1/bytes.ts';
import {
  decodeSerializedStore,
  encodeSerializedStore,
  isSerializedStore,
  type StoreElement,
} from './serialized-store.ts';

/** By the fields of MS-OSHARED 2.3.9.1: one property, the certificate it is of, a CRL, the end. */
const STORE = `
  00000000 43455254
  0b000000 01000000 04000000 58000000
  20000000 01000000 03000000 300101
  21000000 01000000 02000000 3000
  00000000 0000000000000000`;
const ELEMENTS: readonly StoreElement[] = [
  { kind: 'certificate', encoded: parseHex('300101'), properties: new Map([[11, parseHex('58000000')]]) },
  { kind: 'crl', encoded: parseHex('3000'), properties: new Map() },
];

describe('a serialized store', () => {
  it('is written and read as it is specified', () => {
    assert.deepEqual(encodeSerializedStore(ELEMENTS), parseHex(STORE));
    assert.deepEqual(decodeSerializedStore(parseHex(STORE)), ELEMENTS);
    assert.deepEqual(decodeSerializedStore(encodeSerializedStore([])), []);
  });

  it('writes properties by their numbers', () => {
    const properties = new Map([
      [19, parseHex('')],
      [2, parseHex('00')],
    ]);
    const [element] = decodeSerializedStore(encodeSerializedStore([{ ...ELEMENTS[1]!, properties }]));
    assert.deepEqual([...element!.properties.keys()], [2, 19]);
  });

  it('is told from everything else', () => {
    assert.equal(isSerializedStore(parseHex('000000004345525400')), true);
    for (const hex of ['', '00000000434552', '0000000143455254', '3000']) {
      assert.equal(isSerializedStore(parseHex(hex)), false);
    }
  });

  it('is refused where it is damaged', () => {
    const whole = parseHex(STORE);
    // Whatever is cut off, its end is missed.
    for (let length = 0; length < whole.length; length++) {
      assert.throws(
        () => decodeSerializedStore(whole.subarray(0, length)),
        (error) => isHresult(error, 'ERROR_INVALID_DATA'),
        String(length),
      );
    }
    const header = '0000000043455254';
    for (const entries of [
      '0b0001000100000000000000', // no property has this number
      '0b0000000200000000000000', // encoded in another way
      '20000000010000000000ff7f', // longer than the file
      '0b0000000100000000000000 000000000000000000000000', // a property of nothing
    ]) {
      assert.throws(
        () => decodeSerializedStore(parseHex(header + entries)),
        (error) => isHresult(error, 'ERROR_INVALID_DATA'),
        entries,
      );
    }
  });

  it('raises nothing else for whatever it is given', () => {
    const random = randomNumbers(0x5354);
    for (let run = 0; run < 3000; run++) {
      const mutant = mutate(parseHex(STORE), random);
      try {
        decodeSerializedStore(mutant);
      } catch (error) {
        assert.ok(error instanceof HresultError, String(error));
      }
    }
  });
});
