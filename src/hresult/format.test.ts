import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HRESULTS } from './codes.ts';
import { formatHresult, messageText, parseHresult, symbolOf } from './format.ts';

const PRINTED: readonly [code: number, text: string][] = [
  [0x8009000b, '0x8009000b (-2146893813 NTE_BAD_KEY_STATE)'],
  [0x80092007, '0x80092007 (-2146885625 CRYPT_E_SELF_SIGNED)'],
  [0x80090011, '0x80090011 (-2146893807 NTE_NOT_FOUND)'],
  [0x8009200c, '0x8009200c (-2146885620 CRYPT_E_NO_DECRYPT_CERT)'],
  [0x8002802c, '0x8002802c (-2147319764 TYPE_E_AMBIGUOUSNAME)'],
  [0x80070057, '0x80070057 (WIN32: 87 ERROR_INVALID_PARAMETER)'],
  [0x80070056, '0x80070056 (WIN32: 86 ERROR_INVALID_PASSWORD)'],
  [0x800706ba, '0x800706ba (WIN32: 1722 RPC_S_SERVER_UNAVAILABLE)'],
  [0x80072ee7, '0x80072ee7 (WIN32: 12007 ERROR_WINHTTP_NAME_NOT_RESOLVED)'],
  [0x80072098, '0x80072098 (WIN32: 8344 ERROR_DS_INSUFF_ACCESS_RIGHTS)'],
  [0x8009310b, '0x8009310b (ASN: 267 CRYPT_E_ASN1_BADTAG)'],
  [0xc8000230, '0xc8000230 (ESE: -560 JET_errMissingFullBackup)'],
  [0xc8000713, '0xc8000713 (ESE: -1811 JET_errFileNotFound)'],
  [0xe0000101, '0xe0000101 (INF: -536870655 SPAPI_E_SECTION_NOT_FOUND)'],
  [0, '0x0 (WIN32: 0 ERROR_SUCCESS)'],
  [122, '0x7a (WIN32: 122 ERROR_INSUFFICIENT_BUFFER)'],
  [0x80071fff, '0x80071fff (WIN32: 8191)'],
  [0x80093199, '0x80093199 (ASN: 409)'],
  [0x8fffffff, '0x8fffffff (-1879048193)'],
  [0x12345678, '0x12345678 (305419896)'],
];

test('codes are printed as the published transcripts print them', () => {
  for (const [code, text] of PRINTED) assert.equal(formatHresult(code), text);
});

test('a code is read in hexadecimal, in decimal and signed', () => {
  for (const [code] of PRINTED) {
    assert.equal(parseHresult(`0x${code.toString(16)}`), code);
    assert.equal(parseHresult(`0X${code.toString(16).toUpperCase()}`), code);
    assert.equal(parseHresult(String(code)), code);
    assert.equal(parseHresult(String(code | 0)), code);
  }
  assert.equal(parseHresult('8009000b'), 0x8009000b);
  for (const text of ['', 'x', '0x', '0x100000000', '4294967296', '-2147483649', '--1', '1.5', '1e3', '0x-1', ' 1']) {
    assert.equal(parseHresult(text), undefined, text);
  }
});

test('each symbol of the table leads to its code, its text and a printed form that names it or its twin', () => {
  for (const [symbol, [code, text]] of Object.entries(HRESULTS)) {
    assert.ok(Number.isInteger(code) && code >= 0 && code <= 0xffffffff, symbol);
    assert.equal(HRESULTS[symbolOf(code)!][0], code, symbol);
    assert.equal(messageText(code), text, `${symbol} and its twin differ in their text`);
    assert.equal(parseHresult(formatHresult(code).split(' ')[0]!), code);
  }
});

test('the table is in the order of its codes', () => {
  const codes = Object.values(HRESULTS).map(([code]) => code);
  assert.deepEqual(
    codes,
    codes.toSorted((a, b) => a - b),
  );
});

test('a bare Win32 number is found under its HRESULT', () => {
  assert.equal(symbolOf(5), 'ERROR_ACCESS_DENIED');
  assert.equal(messageText(5), 'Access is denied.');
  assert.equal(symbolOf(0), 'S_OK');
  assert.equal(symbolOf(0x80071fff), undefined);
  assert.equal(messageText(0x80071fff), undefined);
});
