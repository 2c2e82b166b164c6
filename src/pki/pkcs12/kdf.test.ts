import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatHex, parseHex } from '../asn1/bytes.ts';
import { digestLength } from '../crypto/digest-algorithm.ts';
import type { DigestAlgorithm } from '../crypto/engine.ts';
import { nodeEngine as engine } from '../crypto/node/engine.ts';
import { derivationRuns, derivePkcs12, type Pkcs12Derivation } from './kdf.ts';
import { passwordForms } from './password.ts';
import { repeatDigest } from './repeat-digest.ts';

type Answer = readonly [
  digest: DigestAlgorithm,
  password: string,
  salt: string,
  id: Pkcs12Derivation['id'],
  iterations: number,
  length: number,
  expected: string,
];

/**
 * `openssl kdf -keylen … -kdfopt digest:… -kdfopt hexpass:… -kdfopt hexsalt:… -kdfopt id:… -kdfopt iter:… PKCS12KDF`,
 * OpenSSL 3.0. The first and third are also those of the PKCS #12 tests that go around since 1998.
 */
const ANSWERS: readonly Answer[] = [
  ['sha1', 'smeg', '0a58cf64530d823f', 1, 1, 24, '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3'],
  ['sha1', 'smeg', '0a58cf64530d823f', 2, 1, 8, '79993dfe048d3b76'],
  ['sha1', 'queeg', '05dec959acff72f7', 1, 1000, 24, 'ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4'],
  ['sha1', 'queeg', '05dec959acff72f7', 3, 1000, 20, '8e6f200e446345e726b49ef9c7899edd9c498401'],
  [
    'sha256',
    'secreté',
    '6f8e0d1b2c3a495867768594a3b2c1d0efeeddcc',
    3,
    2000,
    32,
    '925ee590925dcfc3b11411ebfb1984829f8be8558776ed8fc723d6a336724653',
  ],
  [
    'sha384',
    'abc',
    '0102030405060708',
    1,
    3,
    100,
    '2ddbade760e6c16eca08eee1bd24516adfbe54eec277d0f328ee7bd7e3d952f61f06cc98d60d015cb309bbb0b3b60919f34360ccd6d4bb52fbb60eae7bf527a1537896b798da82a67c89a189f1c12f5bebe11602898567a5c788a70009aaa0a4658b0adf',
  ],
  [
    'sha512',
    '',
    '0102030405060708090a0b0c0d0e0f101112131415161718',
    1,
    7,
    200,
    '20c798a823bfae50af4251ce9c3dd86172770d2d5dc856c7ac1d459f457afeeced41288f76fe13e2d08263b6465813083dda1eaebd117d11ab2cdad20d164c666ee0e5e54c31d06b990cfd66cae506ba8775a370d32bcb20029cd622dad047adca2e6ac30c20458d5c57578a6ea0eb2714d7c450e98eb36c6308b509d67d224995242435b18d6d9bc82a5172b62e2c304e80d9d6a01a23c8b3f328b4279ff23ee72dc58fa5e3694e8267821bc2ac739b5cd3df9d9a231def18ff6c09603d9fe0359d5c3e5bf67521',
  ],
  [
    'sha256',
    'abc',
    '01',
    1,
    5,
    100,
    '5387532af451b838aa350e4c482168a06557ba7db25ce022b0cb8138361f6e5d5a99b550e028cc37c1d671677b781ca6b676e15ec487ae1ebfff56f3a18ea2cb1097a333f6afd8de26dc73cc4e7bf78b19d9d4dc74fde9c280d96b853a85a97522008a84',
  ],
];

test('the derivation of RFC 7292 appendix B gives what OpenSSL gives', async () => {
  for (const [digest, text, salt, id, iterations, length, expected] of ANSWERS) {
    const password = passwordForms(text)[0]!.bmpString;
    const derived = await derivePkcs12({ digest, password, salt: parseHex(salt), id, iterations, length }, engine);
    assert.equal(formatHex(derived), expected, `${digest} ${text} ${id}`);
  }
});

test('an empty password and none at all derive different keys', async () => {
  const [empty, none] = passwordForms(undefined);
  const derive = (password: Uint8Array) =>
    derivePkcs12({ digest: 'sha1', password, salt: parseHex('0102'), id: 1, iterations: 2, length: 24 }, engine);
  assert.equal(empty!.bmpString.length, 2);
  assert.equal(none!.bmpString.length, 0);
  assert.notDeepEqual(await derive(empty!.bmpString), await derive(none!.bmpString));
});

test('a password is UTF-16 with its terminator, surrogates as they are', () => {
  assert.equal(formatHex(passwordForms('aé😀')[0]!.bmpString), '006100e9d83dde000000');
  assert.equal(formatHex(passwordForms('aé😀')[0]!.utf8), '61c3a9f09f9880');
  assert.equal(passwordForms('a').length, 1);
});

test('the runs of a derivation are the blocks it takes', () => {
  assert.deepEqual([derivationRuns('sha1', 24), derivationRuns('sha1', 20), derivationRuns('sha256', 0)], [2, 1, 0]);
});

test('a digest repeated here is the digest the engine repeats', async () => {
  const algorithms: readonly DigestAlgorithm[] = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...algorithms),
      fc.uint8Array({ minLength: 64, maxLength: 64 }),
      fc.nat({ max: 20 }),
      async (algorithm, bytes, times) => {
        const start = bytes.subarray(0, digestLength(algorithm));
        let expected: Uint8Array = start.slice();
        for (let i = 0; i < times; i++) expected = await engine.digest(algorithm, expected);
        assert.deepEqual(await repeatDigest(algorithm, start.slice(), times, engine), expected);
      },
    ),
    { seed: 12, numRuns: 200 },
  );
});
