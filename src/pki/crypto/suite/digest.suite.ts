import { formatHex } from '../../asn1/bytes.ts';
import type { CryptoEngine, DigestAlgorithm } from '../engine.ts';
import { type EngineCheck, fails, isSame, isTrue, text } from './check.suite.ts';

export function digestChecks(engine: CryptoEngine): EngineCheck[] {
  // FIPS 180-4 examples and RFC 1321 §A.5: the digest of "abc".
  const abc: readonly (readonly [DigestAlgorithm, string])[] = [
    ['md5', '900150983cd24fb0d6963f7d28e17f72'],
    ['sha1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['sha256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['sha384', 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7'],
    [
      'sha512',
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    ],
  ];
  // RFC 2202 §2 and §3, RFC 4231 §4.3: test case 2.
  const jefe: readonly (readonly [DigestAlgorithm, string])[] = [
    ['md5', '750c783e6ab0b503eaa86e310a5db738'],
    ['sha1', 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79'],
    ['sha256', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
  ];
  // RFC 6070 §2; the SHA-256 rows are RFC 7914 §11.
  const derived: readonly (readonly [DigestAlgorithm, string, string, number, string])[] = [
    ['sha1', 'password', 'salt', 1, '0c60c80f961f0e71f3a9b524af6012062fe037a6'],
    ['sha1', 'password', 'salt', 4096, '4b007901b765489abead49d926f721d065a429c1'],
    ['sha1', 'pass\0word', 'sa\0lt', 4096, '56fa6aa75548099dcc37d7f03425e0c3'],
    [
      'sha256',
      'passwd',
      'salt',
      1,
      '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',
    ],
  ];
  return [
    {
      name: 'digests of abc',
      run: async () => {
        for (const [algorithm, expected] of abc)
          isSame(await engine.digest(algorithm, text('abc')), expected, algorithm);
      },
    },
    {
      name: 'MD5 over more than one block',
      run: async () => {
        // RFC 1321 §A.5, the two longest: 62 and 80 bytes.
        const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
        isSame(await engine.digest('md5', text(letters)), 'd174ab98d277d9f5a5611c2c9f419d9f', 'letters');
        const digits = '1234567890'.repeat(8);
        isSame(await engine.digest('md5', text(digits)), '57edf4a22be3c955ac49da2e2107b67a', 'digits');
        isSame(await engine.digest('md5', new Uint8Array(0)), 'd41d8cd98f00b204e9800998ecf8427e', 'nothing');
      },
    },
    {
      name: 'HMAC, with an empty key too',
      run: async () => {
        for (const [algorithm, expected] of jefe) {
          const data = text('what do ya want for nothing?');
          isSame(await engine.hmac(algorithm, text('Jefe'), data), expected, algorithm);
        }
        const empty = await engine.hmac('sha256', new Uint8Array(0), new Uint8Array(0));
        isSame(empty, 'b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad', 'empty');
        // RFC 2202 §2, test case 6: a key over the block.
        const long = await engine.hmac(
          'md5',
          new Uint8Array(80).fill(0xaa),
          text('Test Using Larger Than Block-Size Key - Hash Key First'),
        );
        isSame(long, '6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd', 'long key');
      },
    },
    {
      name: 'PBKDF2, and its parameters out of range',
      run: async () => {
        for (const [algorithm, password, salt, iterations, expected] of derived) {
          const key = await engine.pbkdf2(algorithm, text(password), text(salt), iterations, expected.length / 2);
          isSame(key, expected, `${algorithm} ${iterations}`);
        }
        const short = await engine.pbkdf2('md5', text('p'), text('s'), 3, 20);
        const long = await engine.pbkdf2('md5', text('p'), text('s'), 3, 33);
        isSame(long.slice(0, 20), short, 'md5 of two lengths');
        await engine.pbkdf2('sha256', new Uint8Array(0), text('s'), 1, 16);
        for (const iterations of [0, -1, 1.5, 2 ** 31, Number.NaN]) {
          await fails('NTE_INVALID_PARAMETER', `${iterations} iterations`, () =>
            engine.pbkdf2('sha1', text('p'), text('s'), iterations, 16),
          );
        }
        await fails('NTE_INVALID_PARAMETER', 'no length', () => engine.pbkdf2('sha1', text('p'), text('s'), 1, 0));
      },
    },
    {
      name: 'random bytes: as many as asked, never the same',
      run: async () => {
        for (const length of [0, 1, 16, 200_000]) {
          isTrue(engine.random(length).length === length, `${length} random bytes`);
        }
        const [first, second] = [engine.random(16), engine.random(16)];
        isTrue(formatHex(first) !== formatHex(second), 'twice the same random bytes');
        isTrue(
          engine
            .random(200_000)
            .subarray(-64)
            .some((octet) => octet !== 0),
          'zeros at the end',
        );
      },
    },
  ];
}
