import { hresult } from '#hresult/hresult-error';
import { type CryptoEngine, type KeyParameters, wipe } from '../engine.ts';
import { ecPrivateKeyInfo, privateKeyKind, rsaPrivateKeyInfo } from '../private-key-info.ts';
import { requireGeneratable } from '../usable-key.ts';
import { decrypt, encrypt, unwrapAes, wrapAes } from './ciphers.ts';
import { digest, hmac, pbkdf2 } from './digests.ts';
import { importPrivateKey } from './private-key.ts';
import { verify, wrapKey } from './public-key.ts';
import { importFault, type WebCrypto } from './web-crypto.ts';

/** WebCrypto's getRandomValues gives no more at once. */
const RANDOM_CHUNK = 65536;

/**
 * The engine over WebCrypto: `webEngine(globalThis.crypto)`. What WebCrypto lacks is ours: RSAES-PKCS1-v1_5, 3DES, RC2, RC4,
 * MD5, and AES-192 where the browser refuses it. Throws NTE_NOT_SUPPORTED where the page is no secure context.
 */
export function webEngine(webCrypto: WebCrypto): CryptoEngine {
  const subtle: WebCrypto['subtle'] | undefined = webCrypto.subtle;
  if (!subtle) {
    throw hresult('NTE_NOT_SUPPORTED', 'WebCrypto is not available here.', {
      hint: 'Browsers offer it only to pages loaded over https or from localhost.',
    });
  }
  const random = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += RANDOM_CHUNK) webCrypto.getRandomValues(bytes.subarray(at, at + RANDOM_CHUNK));
    return bytes;
  };
  return {
    name: 'web',
    random,
    digest: (algorithm, data) => digest(subtle, algorithm, data),
    hmac: (algorithm, key, data) => hmac(subtle, algorithm, key, data),
    pbkdf2: (algorithm, password, salt, iterations, length) =>
      pbkdf2(subtle, algorithm, password, salt, iterations, length),
    encrypt: (cipher, key, iv, plaintext) => encrypt(subtle, cipher, key, iv, plaintext),
    decrypt: (cipher, key, iv, ciphertext) => decrypt(subtle, cipher, key, iv, ciphertext),
    wrapAes: (keyEncryptionKey, key) => wrapAes(subtle, keyEncryptionKey, key),
    unwrapAes: (keyEncryptionKey, wrapped) => unwrapAes(subtle, keyEncryptionKey, wrapped),
    generateKey: (parameters) => generateKey(subtle, parameters),
    importPrivateKey: (pkcs8) => importPrivateKey(webCrypto, pkcs8),
    verify: (scheme, publicKey, data, signature) => verify(subtle, scheme, publicKey, data, signature),
    wrapKey: (transport, publicKey, key) => wrapKey(subtle, random, transport, publicKey, key),
  };
}

async function generateKey(subtle: WebCrypto['subtle'], parameters: KeyParameters): Promise<Uint8Array> {
  requireGeneratable(parameters);
  const algorithm =
    parameters.type === 'rsa'
      ? {
          name: 'RSASSA-PKCS1-v1_5',
          modulusLength: parameters.modulusLength,
          publicExponent: Uint8Array.of(1, 0, 1),
          hash: 'SHA-256',
        }
      : { name: 'ECDSA', namedCurve: parameters.curve };
  let exported: Uint8Array | undefined;
  try {
    const pair = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
    exported = new Uint8Array(await subtle.exportKey('pkcs8', pair.privateKey));
    // Browsers differ in the optional fields; both engines answer the same.
    const kind = privateKeyKind(exported);
    return kind.type === 'rsa' ? rsaPrivateKeyInfo(kind) : ecPrivateKeyInfo(kind.curve, kind.d, kind.point);
  } catch (error) {
    throw importFault(error, 'new key');
  } finally {
    wipe(exported);
  }
}
