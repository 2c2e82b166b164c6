import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { parseHex } from '../asn1/bytes.ts';
import { nodeEngine as engine } from '../crypto/node/engine.ts';
import { unwrapTripleDes } from './triple-des-key-wrap.ts';

// RFC 3217 §3.4.
const KEK = parseHex('255e0d1c07b646dfb3134cc843ba8aa71f025b7c0838251f');
const CEK = parseHex('2923bf85e06dd6ae529149f1f1bae9eab3a7da3d860d3e98');
const WRAPPED = parseHex('690107618ef092b3b48ca1796b234ae9fa33ebb4159604037db5d6a84eb3aac2768c632775a467d4');

test('the example of RFC 3217 unwraps', async () => {
  assert.deepEqual(await unwrapTripleDes(KEK, WRAPPED, engine), CEK);
});

test('a changed or cut wrapping is bad data', async () => {
  for (let at = 0; at < WRAPPED.length; at++) {
    const changed = WRAPPED.slice();
    changed[at]! ^= 0x10;
    await assert.rejects(unwrapTripleDes(KEK, changed, engine), (error) => isHresult(error, 'NTE_BAD_DATA'));
  }
  await assert.rejects(unwrapTripleDes(KEK, WRAPPED.subarray(8), engine), (error) => isHresult(error, 'NTE_BAD_DATA'));
});
