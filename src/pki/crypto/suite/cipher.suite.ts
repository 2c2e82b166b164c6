import { formatHex, parseHex } from '../../asn1/bytes.ts';
import type { Cipher, CryptoEngine } from '../engine.ts';
import { type EngineCheck, fails, isSame, isTrue, text } from './check.suite.ts';

const ZERO_IV = new Uint8Array(8);

/** A cipher, its key, IV and plaintext, and the ciphertext of the plaintext without the padding's block. */
const CIPHER_VECTORS: readonly (readonly [
  what: string,
  Cipher,
  key: string,
  iv: string,
  plain: string,
  sealed: string,
])[] = [
  [
    'SP 800-38A F.2.1',
    { name: 'aes-cbc', keyLength: 16 },
    '2b7e151628aed2a6abf7158809cf4f3c',
    '000102030405060708090a0b0c0d0e0f',
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51',
    '7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2',
  ],
  [
    'SP 800-38A F.2.3',
    { name: 'aes-cbc', keyLength: 24 },
    '8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b',
    '000102030405060708090a0b0c0d0e0f',
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51',
    '4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a',
  ],
  [
    'SP 800-38A F.2.5',
    { name: 'aes-cbc', keyLength: 32 },
    '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
    '000102030405060708090a0b0c0d0e0f',
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51',
    'f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d',
  ],
  [
    'SP 800-67 B.1',
    { name: 'des-ede3-cbc' },
    '0123456789abcdef23456789abcdef01456789abcdef0123',
    formatHex(ZERO_IV),
    '5468652071756663',
    'a826fd8ce53b855f',
  ],
  ...(
    [
      ['0000000000000000', 63, '0000000000000000', 'ebb773f993278eff'],
      ['ffffffffffffffff', 64, 'ffffffffffffffff', '278b27e42e2f0d49'],
      ['3000000000000000', 64, '1000000000000001', '30649edf9be7d2c2'],
      ['88', 64, '0000000000000000', '61a8a244adacccf0'],
      ['88bca90e90875a', 64, '0000000000000000', '6ccf4308974c267f'],
      ['88bca90e90875a7f0f79c384627bafb2', 64, '0000000000000000', '1a807d272bbe5db1'],
      ['88bca90e90875a7f0f79c384627bafb2', 128, '0000000000000000', '2269552ab0f85ca6'],
      [
        '88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e',
        129,
        '0000000000000000',
        '5b78d3a43dfff1f1',
      ],
    ] as const
  ).map(
    ([key, effectiveBits, plain, sealed]) =>
      ['RFC 2268 §5', { name: 'rc2-cbc', effectiveBits }, key, formatHex(ZERO_IV), plain, sealed] as const,
  ),
];

const CIPHERS: readonly (readonly [Cipher, keyLength: number, ivLength: number])[] = [
  [{ name: 'aes-cbc', keyLength: 16 }, 16, 16],
  [{ name: 'aes-cbc', keyLength: 24 }, 24, 16],
  [{ name: 'aes-cbc', keyLength: 32 }, 32, 16],
  [{ name: 'des-ede3-cbc' }, 24, 8],
  [{ name: 'rc2-cbc', effectiveBits: 40 }, 5, 8],
  [{ name: 'rc2-cbc', effectiveBits: 128 }, 16, 8],
];

export function cipherChecks(engine: CryptoEngine): EngineCheck[] {
  // RFC 3394 §4.1, §4.2, §4.3, §4.6.
  const wrapped: readonly (readonly [kek: number, key: number, string])[] = [
    [16, 16, '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5'],
    [24, 16, '96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d'],
    [32, 16, '64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7'],
    [32, 32, '28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21'],
  ];
  const keyData = parseHex('00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f');
  return [
    {
      name: 'ciphers by their published answers',
      run: async () => {
        for (const [what, cipher, key, iv, plain, sealed] of CIPHER_VECTORS) {
          const whole = await engine.encrypt(cipher, parseHex(key), parseHex(iv), parseHex(plain));
          isSame(whole.slice(0, sealed.length / 2), sealed, what);
          isSame(await engine.decrypt(cipher, parseHex(key), parseHex(iv), whole), plain, `${what} back`);
        }
        const rc4 = await engine.encrypt({ name: 'rc4' }, text('Key'), new Uint8Array(0), text('Plaintext'));
        isSame(rc4, 'bbf316e8d940af0ad3', 'RC4');
        isSame(
          await engine.decrypt({ name: 'rc4' }, text('Key'), new Uint8Array(0), rc4),
          text('Plaintext'),
          'RC4 back',
        );
      },
    },
    {
      name: 'ciphers at every length around their blocks',
      run: async () => {
        for (const [cipher, keyLength, ivLength] of CIPHERS) {
          const [key, iv] = [engine.random(keyLength), engine.random(ivLength)];
          for (const length of [0, 1, ivLength - 1, ivLength, ivLength + 1, 1000]) {
            const plain = engine.random(length);
            const sealed = await engine.encrypt(cipher, key, iv, plain);
            isTrue(sealed.length === (Math.floor(length / ivLength) + 1) * ivLength, `${cipher.name} of ${length}`);
            isSame(await engine.decrypt(cipher, key, iv, sealed), plain, `${cipher.name} of ${length}`);
          }
        }
      },
    },
    {
      name: 'a wrong padding, a cut ciphertext, a wrong length',
      run: async () => {
        for (const [cipher, keyLength, ivLength] of CIPHERS) {
          const [key, iv] = [new Uint8Array(keyLength).fill(7), new Uint8Array(ivLength)];
          const sealed = await engine.encrypt(cipher, key, iv, new Uint8Array(ivLength + 1));
          const spoilt = Uint8Array.from(sealed);
          // Turns the last byte of the padding into another number.
          spoilt[ivLength - 1]! ^= 0x55;
          await fails('NTE_BAD_DATA', `${cipher.name} padding`, () => engine.decrypt(cipher, key, iv, spoilt));
          for (const cut of [0, 1, sealed.length - 1]) {
            await fails('NTE_BAD_DATA', `${cipher.name} cut to ${cut}`, () =>
              engine.decrypt(cipher, key, iv, sealed.subarray(0, cut)),
            );
          }
          await fails('NTE_BAD_LEN', `${cipher.name} key`, () => engine.encrypt(cipher, new Uint8Array(200), iv, key));
          await fails('NTE_BAD_LEN', `${cipher.name} iv`, () => engine.decrypt(cipher, key, iv.subarray(1), sealed));
        }
        await fails('NTE_BAD_ALGID', 'RC2 of no bits', () =>
          engine.decrypt({ name: 'rc2-cbc', effectiveBits: 0 }, new Uint8Array(5), ZERO_IV, new Uint8Array(8)),
        );
      },
    },
    {
      name: 'AES key wrap by RFC 3394, and its faults',
      run: async () => {
        for (const [kekLength, keyLength, expected] of wrapped) {
          const kek = Uint8Array.from({ length: kekLength }, (_, i) => i);
          const key = keyData.subarray(0, keyLength);
          isSame(await engine.wrapAes(kek, key), expected, `wrap ${kekLength}/${keyLength}`);
          isSame(await engine.unwrapAes(kek, parseHex(expected)), key, `unwrap ${kekLength}/${keyLength}`);
          const spoilt = parseHex(expected);
          spoilt[3]! ^= 1;
          await fails('NTE_BAD_DATA', 'spoilt', () => engine.unwrapAes(kek, spoilt));
          for (const length of [0, 8, 16, 25]) {
            await fails('NTE_BAD_DATA', `length ${length}`, () => engine.unwrapAes(kek, spoilt.subarray(0, length)));
          }
          await fails('NTE_BAD_LEN', 'a key of 15', () => engine.wrapAes(kek, key.subarray(1)));
        }
        await fails('NTE_BAD_LEN', 'a short KEK', () => engine.wrapAes(new Uint8Array(8), keyData));
      },
    },
  ];
}
