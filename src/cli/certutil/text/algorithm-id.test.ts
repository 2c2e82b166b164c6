import assert from 'node:assert/strict';
import { test } from 'node:test';
import { algorithmIdLines } from './algorithm-id.ts';

test('CALG_SHA1 as certutil -v -getreg ca\\csp\\HashAlgorithm prints it', () => {
  assert.deepEqual(algorithmIdLines(0x8004), [
    '    CALG_SHA1',
    '    Algorithm Class: 0x8000(4) ALG_CLASS_HASH',
    '    Algorithm Type: 0x0(0) ALG_TYPE_ANY',
    '    Algorithm Sub-id: 0x4(4) ALG_SID_SHA1',
  ]);
});

test('CALG_AES_256 of EncryptionAlgorithm, and one without a name', () => {
  assert.deepEqual(algorithmIdLines(0x6610), [
    '    CALG_AES_256',
    '    Algorithm Class: 0x6000(3) ALG_CLASS_DATA_ENCRYPT',
    '    Algorithm Type: 0x600(3) ALG_TYPE_BLOCK',
    '    Algorithm Sub-id: 0x10(16) ALG_SID_AES_256',
  ]);
  assert.equal(algorithmIdLines(0x8042)[0], '    Algorithm Class: 0x8000(4) ALG_CLASS_HASH');
  assert.deepEqual(algorithmIdLines(0xffffffff), []);
});
