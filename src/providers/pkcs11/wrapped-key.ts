/** Private keys on their way into a token or out of it: PrivateKeyInfo under AES key wrap with padding (RFC 5649). */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { hresult } from '#hresult/hresult-error';
import { DerReader } from '#pki/asn1/der-reader';
import { wipe } from '#pki/crypto/engine';
import { ecPrivateKeyInfo, privateKeyKind, rsaPrivateKeyInfo } from '#pki/crypto/private-key-info';
import { publicKeyKind } from '#pki/crypto/public-key';

const ALGORITHM = 'id-aes256-wrap-pad';
/** RFC 5649 §3. */
const ALTERNATIVE_IV = Buffer.from('a65959a6', 'hex');

export const WRAPPING_KEY_LENGTH = 32;

export function wrapPrivateKey(pkcs8: Uint8Array, wrappingKey: Uint8Array): Uint8Array {
  const cipher = createCipheriv(ALGORITHM, wrappingKey, ALTERNATIVE_IV);
  return Buffer.concat([cipher.update(pkcs8), cipher.final()]);
}

/**
 * DER PrivateKeyInfo, which the caller wipes, in the form our own engine gives it: a module may leave out the public point.
 * Throws NTE_BAD_DATA for what was not wrapped with that key.
 */
export function unwrapPrivateKey(wrapped: Uint8Array, wrappingKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const padded = unwrap(wrapped, wrappingKey);
  try {
    // Node leaves the padding on; the length is that of the outermost value.
    const kind = privateKeyKind(new DerReader(padded).element());
    if (kind.type === 'rsa') return rsaPrivateKeyInfo(kind);
    const known = publicKeyKind(publicKey);
    return ecPrivateKeyInfo(kind.curve, kind.d, known.type === 'ec' ? known.point : kind.point);
  } finally {
    wipe(padded);
  }
}

function unwrap(wrapped: Uint8Array, wrappingKey: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(ALGORITHM, wrappingKey, ALTERNATIVE_IV);
  try {
    return decipher.update(wrapped);
  } catch (cause) {
    throw hresult('NTE_BAD_DATA', 'The token wrapped the key otherwise than it was asked to.', { cause });
  }
}
