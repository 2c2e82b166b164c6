import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { DerReader } from '../asn1/der-reader.ts';
import { encodeDer } from '../asn1/der-writer.ts';
import { readAlgorithmIdentifier } from './algorithm-identifier.ts';
import {
  type BlockCipher,
  cipherAlgorithm,
  cipherBlockLength,
  cipherKeyLength,
  contentCipher,
} from './cipher-algorithm.ts';

const IV8 = '0808080808080808';

function read(hex: string) {
  return contentCipher(readAlgorithmIdentifier(new DerReader(Uint8Array.from(Buffer.from(hex, 'hex')))));
}

const CIPHERS: readonly (readonly [BlockCipher, keyLength: number, string])[] = [
  [{ name: 'aes-cbc', keyLength: 16 }, 16, `301d06096086480165030401020410${'10'.repeat(16)}`],
  [{ name: 'aes-cbc', keyLength: 24 }, 24, `301d06096086480165030401160410${'10'.repeat(16)}`],
  [{ name: 'aes-cbc', keyLength: 32 }, 32, `301d060960864801650304012a0410${'10'.repeat(16)}`],
  [{ name: 'des-ede3-cbc' }, 24, `301406082a864886f70d03070408${IV8}`],
  [{ name: 'rc2-cbc', effectiveBits: 40 }, 5, `301a06082a864886f70d0302300e020200a00408${IV8}`],
  [{ name: 'rc2-cbc', effectiveBits: 64 }, 8, `301906082a864886f70d0302300d0201780408${IV8}`],
  [{ name: 'rc2-cbc', effectiveBits: 128 }, 16, `301906082a864886f70d0302300d02013a0408${IV8}`],
  [{ name: 'rc2-cbc', effectiveBits: 256 }, 32, `301a06082a864886f70d0302300e020201000408${IV8}`],
  [{ name: 'rc2-cbc', effectiveBits: 32 }, 4, `301406082a864886f70d03020408${IV8}`],
];

test('every content cipher is written as its RFC gives it, and read back', () => {
  for (const [cipher, keyLength, hex] of CIPHERS) {
    const iv = new Uint8Array(cipherBlockLength(cipher)).fill(cipherBlockLength(cipher));
    const expected = hex.replaceAll('10'.repeat(16), Buffer.from(iv).toString('hex'));
    assert.equal(Buffer.from(encodeDer(cipherAlgorithm(cipher, iv))).toString('hex'), expected);
    assert.deepEqual(read(expected), { cipher, iv });
    assert.equal(cipherKeyLength(cipher), keyLength);
  }
});

test('other ciphers, RC2 of lengths without a number, and malformed parameters are refused', () => {
  const refused: readonly (readonly [string, string])[] = [
    // DES, RC4, AES-128-GCM.
    ['NTE_BAD_ALGID', `301106052b0e0302070408${IV8}`],
    ['NTE_BAD_ALGID', '300c06082a864886f70d03040500'],
    ['NTE_BAD_ALGID', `301d06096086480165030401060410${'10'.repeat(16)}`],
    ['NTE_BAD_ALGID', `301906082a864886f70d0302300d0201010408${IV8}`],
    ['NTE_BAD_ALGID', `301a06082a864886f70d0302300e020204010408${IV8}`],
    ['NTE_BAD_ALGID', `301a06082a864886f70d0302300e020201010408${IV8}`],
    ['NTE_BAD_DATA', '300a06082a864886f70d0307'],
    ['NTE_BAD_DATA', '301306082a864886f70d0307040708080808080808'],
    ['NTE_BAD_DATA', `301506096086480165030401020408${IV8}`],
    ['CRYPT_E_ASN1_BADTAG', '300c06082a864886f70d03070500'],
  ];
  for (const [symbol, hex] of refused) {
    assert.throws(
      () => read(hex),
      (error) => error instanceof HresultError && error.symbol === symbol,
      hex,
    );
  }
  for (const effectiveBits of [63, 129, 2000]) {
    assert.throws(
      () => cipherAlgorithm({ name: 'rc2-cbc', effectiveBits }, new Uint8Array(8)),
      (error) => isHresult(error, 'NTE_BAD_ALGID'),
    );
  }
});
