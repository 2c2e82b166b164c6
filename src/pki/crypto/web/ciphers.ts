import { hresult } from '#hresult/hresult-error';
import { aes } from '../aes.ts';
import { aesKeyUnwrap, aesKeyWrap, keyWrapFailed, requireUnwrappable, requireWrappable } from '../aes-key-wrap.ts';
import { cbcDecrypt, cbcEncrypt } from '../cbc.ts';
import { requireKeyAndIv } from '../cipher-algorithm.ts';
import { desEde3 } from '../des.ts';
import type { Cipher } from '../engine.ts';
import { rc2 } from '../rc2.ts';
import { rc4 } from '../rc4.ts';
import type { SubtleCrypto, WebCryptoKey } from './web-crypto.ts';

export async function encrypt(
  subtle: SubtleCrypto,
  cipher: Cipher,
  key: Uint8Array,
  iv: Uint8Array,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  requireKeyAndIv(cipher, key, iv);
  switch (cipher.name) {
    case 'des-ede3-cbc':
      return cbcEncrypt(desEde3(key), iv, plaintext);
    case 'rc2-cbc':
      return cbcEncrypt(rc2(key, cipher.effectiveBits), iv, plaintext);
    case 'rc4':
      return rc4(key, plaintext);
    case 'aes-cbc': {
      const imported = await importAes(subtle, 'AES-CBC', key, 'encrypt');
      if (!imported) return cbcEncrypt(aes(key), iv, plaintext);
      return new Uint8Array(await subtle.encrypt({ name: 'AES-CBC', iv }, imported, plaintext));
    }
  }
}

export async function decrypt(
  subtle: SubtleCrypto,
  cipher: Cipher,
  key: Uint8Array,
  iv: Uint8Array,
  ciphertext: Uint8Array,
): Promise<Uint8Array> {
  requireKeyAndIv(cipher, key, iv);
  switch (cipher.name) {
    case 'des-ede3-cbc':
      return cbcDecrypt(desEde3(key), iv, ciphertext);
    case 'rc2-cbc':
      return cbcDecrypt(rc2(key, cipher.effectiveBits), iv, ciphertext);
    case 'rc4':
      return rc4(key, ciphertext);
    case 'aes-cbc': {
      const imported = await importAes(subtle, 'AES-CBC', key, 'decrypt');
      if (!imported) return cbcDecrypt(aes(key), iv, ciphertext);
      try {
        return new Uint8Array(await subtle.decrypt({ name: 'AES-CBC', iv }, imported, ciphertext));
      } catch (error) {
        throw hresult('NTE_BAD_DATA', 'The padding of the decrypted content is wrong.', { cause: error });
      }
    }
  }
}

/** WebCrypto wraps only keys it holds: the bytes go through it as an HMAC key, the one kind of any length. */
const CARRIER = { name: 'HMAC', hash: 'SHA-256' } as const;

export async function wrapAes(
  subtle: SubtleCrypto,
  keyEncryptionKey: Uint8Array,
  key: Uint8Array,
): Promise<Uint8Array> {
  requireWrappable(keyEncryptionKey, key);
  const wrapping = await importAes(subtle, 'AES-KW', keyEncryptionKey, 'wrapKey');
  if (!wrapping) return aesKeyWrap(keyEncryptionKey, key);
  const carrier = await subtle.importKey('raw', key, CARRIER, true, ['sign']);
  return new Uint8Array(await subtle.wrapKey('raw', carrier, wrapping, 'AES-KW'));
}

export async function unwrapAes(
  subtle: SubtleCrypto,
  keyEncryptionKey: Uint8Array,
  wrapped: Uint8Array,
): Promise<Uint8Array> {
  requireUnwrappable(keyEncryptionKey, wrapped);
  const wrapping = await importAes(subtle, 'AES-KW', keyEncryptionKey, 'unwrapKey');
  if (!wrapping) return aesKeyUnwrap(keyEncryptionKey, wrapped);
  let carrier: WebCryptoKey;
  try {
    carrier = await subtle.unwrapKey('raw', wrapped, wrapping, 'AES-KW', CARRIER, true, ['sign']);
  } catch {
    throw keyWrapFailed();
  }
  return new Uint8Array(await subtle.exportKey('raw', carrier));
}

/** Undefined for a 192-bit key where the browser has none of that length, as Chromium. */
async function importAes(
  subtle: SubtleCrypto,
  name: 'AES-CBC' | 'AES-KW',
  key: Uint8Array,
  use: 'encrypt' | 'decrypt' | 'wrapKey' | 'unwrapKey',
): Promise<WebCryptoKey | undefined> {
  try {
    return await subtle.importKey('raw', key, name, false, [use]);
  } catch (error) {
    if (key.length === 24) return undefined;
    throw error;
  }
}
