import { hresult, isHresult } from '#hresult/hresult-error';
import type { Cipher, CryptoEngine } from '../crypto/engine.ts';

/**
 * Decrypts under a key that came from a password. RFC 7292 §3.1 lets a file be encrypted under another password than the
 * one of its MAC, so wrong padding is a wrong password: ERROR_INVALID_PASSWORD.
 */
export async function decryptByPassword(
  cipher: Cipher,
  key: Uint8Array,
  iv: Uint8Array,
  ciphertext: Uint8Array,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  try {
    return await engine.decrypt(cipher, key, iv, ciphertext);
  } catch (error) {
    if (!isHresult(error, 'NTE_BAD_DATA')) throw error;
    throw hresult('ERROR_INVALID_PASSWORD', 'A part of the PFX does not decrypt.', { cause: error });
  }
}
