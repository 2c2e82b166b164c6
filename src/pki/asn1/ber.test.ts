import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Asn1Error } from './asn1-error.ts';
import { toDer } from './ber.ts';
import { formatHex, parseHex } from './bytes.ts';

test('DER is answered as it is', () => {
  const der = parseHex('300a 0101ff 0403010203 0500');
  assert.equal(toDer(der), der);
});

test('each liberty of BER is taken back', () => {
  const forms: Readonly<Record<string, string>> = {
    '3080 020101 0000': '3003020101',
    '3080 3080 0000 0500 0000': '300430000500',
    '308103 020101': '3003020101',
    '3084 00000003 020101': '3003020101',
    '010101': '0101ff',
    '3003 010142': '30030101ff',
    '2480 040101 040102 0000': '04020102',
    '2406 040101 040102': '04020102',
    '2480 2480 040101 0000 0000': '040101',
    '2380 030200aa 03020480 0000': '030304aa80',
    '2c80 0c0141 0000': '0c0141',
    'a080 2480 040101 0000 0000': 'a003040101',
    // Its reader joins the segments: the tag [0] does not say what they are.
    'a080 040101 040102 0000': 'a006040101040102',
    '3080 a080 0500 0000 0000': '3004a0020500',
  };
  for (const [ber, der] of Object.entries(forms)) assert.equal(formatHex(toDer(parseHex(ber))), der, ber);
});

test('what is not BER is refused', () => {
  const faults = [
    '',
    '30',
    '3080',
    '3080 0000 00',
    '3080 0500',
    '3080 00',
    '0480 0000',
    '3002 0000',
    '0000',
    '2480 020101 0000',
    '2480 800101 0000',
    '2380 030101 030100 0000',
    '2380 0300 0000',
    '3003 0202 01',
    '30ff',
    '3085 0100000000',
    '3003020101 00',
    '0500 0500',
  ];
  for (const hex of faults) assert.throws(() => toDer(parseHex(hex)), Asn1Error, hex);
});

test('nesting ends in either form', () => {
  const indefinite = new Uint8Array(400).fill(0x80).map((octet, i) => (i % 2 === 0 ? 0x30 : octet));
  assert.throws(() => toDer(indefinite), Asn1Error);
  let definite: Uint8Array = parseHex('0500');
  for (let i = 0; i < 50; i++) definite = new Uint8Array([0x30, definite.length, ...definite]);
  assert.equal(toDer(definite), definite);
});
