import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { Asn1Error } from '#pki/asn1/asn1-error';
import { errorOf, failureOf } from './failure.ts';
import { formatValue, parseValue } from './value.ts';

test('an error arrives as it was thrown', () => {
  for (const error of [
    hresult('CERTSRV_E_NO_VALID_KRA'),
    hresult('ERROR_ACCESS_DENIED', 'CONTOSO\\alice lacks a right.', { hint: 'ask somebody' }),
    new Asn1Error('CRYPT_E_ASN1_EOD', 17, '3 bytes announced, 2 left'),
  ]) {
    const arrived = errorOf(parseValue(formatValue(failureOf(error))));
    assert.equal(arrived.constructor, error.constructor);
    assert.deepEqual({ ...arrived, message: arrived.message }, { ...error, message: error.message });
  }
});

test('a symbol of a later version is told, and what is no failure too', () => {
  assert.match(errorOf({ symbol: 'CERTSRV_E_OF_TOMORROW', detail: 'It rains.' }).message, /OF_TOMORROW.*It rains/);
  for (const failure of [undefined, null, 'no', {}, { symbol: 5 }])
    assert.equal(errorOf(failure).symbol, 'RPC_S_CALL_FAILED');
});
