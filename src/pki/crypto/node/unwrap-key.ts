import { constants, type KeyObject, privateDecrypt, randomFillSync } from 'node:crypto';
import { type KeyTransport, wipe } from '../engine.ts';
import { unpadKey } from '../pkcs1-padding.ts';
import { plain } from './bytes.ts';
import { transportOptions } from './public-key.ts';

/** The transported key in memory of its own; random bytes where it does not open (`Decrypter.unwrapKey`). */
export function unwrapKey(
  key: KeyObject,
  transport: KeyTransport,
  encryptedKey: Uint8Array,
  keyLength: number,
): Uint8Array {
  const substitute = randomFillSync(new Uint8Array(keyLength));
  return transport.name === 'rsa-pkcs1'
    ? unwrapPkcs1(key, encryptedKey, substitute)
    : unwrapOaep(key, transport, encryptedKey, substitute);
}

/**
 * OpenSSL's own RSA_PKCS1_PADDING is refused by some versions of Node and answers made-up keys of any length in others;
 * the bare operation is in all of them, blinded, and its padding is taken off in one pattern of work.
 */
function unwrapPkcs1(key: KeyObject, encryptedKey: Uint8Array, substitute: Uint8Array): Uint8Array {
  let block: Uint8Array;
  try {
    block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encryptedKey);
  } catch {
    // A number not below the modulus: whoever sent it knows that without us.
    return substitute;
  }
  try {
    return unpadKey(block, substitute.length, substitute);
  } finally {
    wipe(block, substitute);
  }
}

function unwrapOaep(
  key: KeyObject,
  transport: KeyTransport,
  encryptedKey: Uint8Array,
  substitute: Uint8Array,
): Uint8Array {
  try {
    const unwrapped = privateDecrypt({ key, ...transportOptions(transport) }, encryptedKey);
    const own = Uint8Array.from(plain(unwrapped));
    wipe(unwrapped);
    if (own.length === substitute.length) return own;
    wipe(own);
  } catch {
    // One error for all that can be wrong inside (RFC 8017 §7.1.2, note); nothing of it is passed on.
  }
  return substitute;
}
