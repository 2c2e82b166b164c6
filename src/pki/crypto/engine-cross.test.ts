import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Cipher, CryptoEngine, DigestAlgorithm, KeyTransport, SignatureScheme } from './engine.ts';
import { nodeEngine } from './node/engine.ts';
import { webEngine } from './web/engine.ts';

const web = webEngine(globalThis.crypto);
const DIGESTS: readonly DigestAlgorithm[] = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];
const CIPHERS: readonly (readonly [Cipher, keyLength: number, ivLength: number])[] = [
  [{ name: 'aes-cbc', keyLength: 16 }, 16, 16],
  [{ name: 'aes-cbc', keyLength: 24 }, 24, 16],
  [{ name: 'aes-cbc', keyLength: 32 }, 32, 16],
  [{ name: 'des-ede3-cbc' }, 24, 8],
];

function eachWay(name: string, run: (from: CryptoEngine, to: CryptoEngine) => Promise<void>): void {
  test(`${name}: node to web`, () => run(nodeEngine, web));
  test(`${name}: web to node`, () => run(web, nodeEngine));
}

describe('what one engine makes the other takes', () => {
  eachWay('content', async (from, to) => {
    for (const [cipher, keyLength, ivLength] of CIPHERS) {
      const [key, iv, data] = [from.random(keyLength), from.random(ivLength), from.random(1000)];
      assert.deepEqual(await to.decrypt(cipher, key, iv, await from.encrypt(cipher, key, iv, data)), data);
    }
    for (const length of [16, 24, 32]) {
      const [kek, key] = [from.random(length), from.random(40)];
      assert.deepEqual(await to.unwrapAes(kek, await from.wrapAes(kek, key)), key);
    }
  });

  eachWay('RSA keys, signatures, transported keys', async (from, to) => {
    const pkcs8 = await from.generateKey({ type: 'rsa', modulusLength: 2048 });
    const [mine, yours] = [await from.importPrivateKey(pkcs8), await to.importPrivateKey(pkcs8)];
    assert.deepEqual(yours.publicKey, mine.publicKey);
    const data = from.random(100);
    const schemes: SignatureScheme[] = [
      ...DIGESTS.map((digest) => ({ name: 'rsa-pkcs1', digest }) as const),
      ...(['sha1', 'sha256', 'sha512'] as const).map(
        (digest) => ({ name: 'rsa-pss', digest, saltLength: 20 }) as const,
      ),
    ];
    for (const scheme of schemes) {
      assert.equal(await to.verify(scheme, mine.publicKey, data, await mine.sign(scheme, data)), true, scheme.digest);
      if (scheme.name === 'rsa-pkcs1') assert.deepEqual(await mine.sign(scheme, data), await yours.sign(scheme, data));
    }
    const transports: KeyTransport[] = [
      { name: 'rsa-pkcs1' },
      ...(['sha1', 'sha256', 'sha384', 'sha512'] as const).map((digest) => ({ name: 'rsa-oaep', digest }) as const),
    ];
    for (const transport of transports) {
      const key = from.random(32);
      assert.deepEqual(await yours.unwrapKey(transport, await from.wrapKey(transport, mine.publicKey, key), 32), key);
    }
  });

  for (const curve of ['P-256', 'P-384', 'P-521'] as const) {
    eachWay(curve, async (from, to) => {
      const pkcs8 = await from.generateKey({ type: 'ec', curve });
      const mine = await from.importPrivateKey(pkcs8);
      const yours = await to.importPrivateKey(await to.generateKey({ type: 'ec', curve }));
      assert.deepEqual(await mine.agree(yours.publicKey), await yours.agree(mine.publicKey));
      assert.deepEqual((await to.importPrivateKey(pkcs8)).publicKey, mine.publicKey);
      const data = from.random(100);
      for (const digest of ['sha1', 'sha256', 'sha384', 'sha512'] as const) {
        const scheme: SignatureScheme = { name: 'ecdsa', digest };
        assert.equal(await to.verify(scheme, mine.publicKey, data, await mine.sign(scheme, data)), true, digest);
      }
    });
  }

  test('digests, HMAC and PBKDF2 are the same', async () => {
    for (const algorithm of DIGESTS) {
      for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 1000]) {
        const [key, data] = [web.random(length), web.random(length)];
        assert.deepEqual(await web.digest(algorithm, data), await nodeEngine.digest(algorithm, data));
        assert.deepEqual(await web.hmac(algorithm, key, data), await nodeEngine.hmac(algorithm, key, data));
      }
      const derived = await web.pbkdf2(algorithm, new Uint8Array(9), new Uint8Array(8), 100, 70);
      assert.deepEqual(derived, await nodeEngine.pbkdf2(algorithm, new Uint8Array(9), new Uint8Array(8), 100, 70));
    }
  });
});
