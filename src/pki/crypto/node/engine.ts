import { createHmac, generateKeyPair, hash, pbkdf2, randomFillSync } from 'node:crypto';
import { hresult } from '#hresult/hresult-error';
import type { CryptoEngine, DigestAlgorithm, KeyParameters } from '../engine.ts';
import { requirePbkdf2 } from '../pbkdf2.ts';
import { requireGeneratable } from '../usable-key.ts';
import { plain } from './bytes.ts';
import { decrypt, encrypt, unwrapAes, wrapAes } from './ciphers.ts';
import { KeyThreads } from './key-threads.ts';
import { importPrivateKey } from './private-key.ts';
import { PublicKeys } from './public-key.ts';

export interface NodeEngine extends CryptoEngine {
  /** Ends the threads of the engine; keys that unwrapped in them no longer do. */
  close(): Promise<void>;
}

/**
 * The engine over node:crypto. RSA private operations of `sign` run on libuv's pool. `unwrapKey` has no such form in Node:
 * with `threads` it runs in that many of our own, without it holds the thread for the time of one private operation.
 */
export function createNodeEngine({ threads = 0 }: { readonly threads?: number } = {}): NodeEngine {
  const publicKeys = new PublicKeys();
  const keyThreads = threads > 0 ? new KeyThreads(threads) : undefined;
  return {
    name: 'node',
    random: (length) => randomFillSync(new Uint8Array(length)),
    digest: async (algorithm, data) => plain(hash(algorithm, data, 'buffer')),
    hmac: async (algorithm, key, data) => plain(createHmac(algorithm, key).update(data).digest()),
    pbkdf2: derive,
    encrypt: async (cipher, key, iv, plaintext) => encrypt(cipher, key, iv, plaintext),
    decrypt: async (cipher, key, iv, ciphertext) => decrypt(cipher, key, iv, ciphertext),
    wrapAes: async (keyEncryptionKey, key) => wrapAes(keyEncryptionKey, key),
    unwrapAes: async (keyEncryptionKey, wrapped) => unwrapAes(keyEncryptionKey, wrapped),
    generateKey,
    importPrivateKey: async (pkcs8) => importPrivateKey(pkcs8, keyThreads),
    verify: async (scheme, publicKey, data, signature) => publicKeys.verify(scheme, publicKey, data, signature),
    wrapKey: async (transport, publicKey, key) => publicKeys.wrapKey(transport, publicKey, key),
    close: async () => keyThreads?.close(),
  };
}

/** The engine of commands and tests, without threads of its own. */
export const nodeEngine: CryptoEngine = createNodeEngine();

async function derive(
  algorithm: DigestAlgorithm,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Promise<Uint8Array> {
  requirePbkdf2(iterations, length);
  return new Promise((resolve, reject) => {
    pbkdf2(password, salt, iterations, length, algorithm, (error, key) =>
      error ? reject(error) : resolve(plain(key)),
    );
  });
}

async function generateKey(parameters: KeyParameters): Promise<Uint8Array> {
  requireGeneratable(parameters);
  const encoding = {
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  } as const;
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, _publicKey: Buffer, privateKey: Buffer) =>
      error ? reject(hresult('NTE_FAIL', 'OpenSSL made no key pair.', { cause: error })) : resolve(plain(privateKey));
    if (parameters.type === 'rsa') {
      const { modulusLength } = parameters;
      generateKeyPair('rsa', { modulusLength, publicExponent: 65537, ...encoding }, done);
    } else generateKeyPair('ec', { namedCurve: parameters.curve, ...encoding }, done);
  });
}
