import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '../asn1/bytes.ts';
import { type CryptoEngine, wipe } from '../crypto/engine.ts';

const CIPHER = { name: 'des-ede3-cbc' } as const;
/** RFC 3217 §3.1, step 8. */
const OUTER_IV = Uint8Array.of(0x4a, 0xdd, 0xa2, 0x2c, 0x79, 0xe8, 0x21, 0x05);
/** IV, key and checksum. */
const WRAPPED_LENGTH = 8 + 24 + 8;

/** Triple-DES key unwrap, RFC 3217 §3.2: read for old messages, never written. Throws NTE_BAD_DATA. The caller wipes the key. */
export async function unwrapTripleDes(
  keyEncryptionKey: Uint8Array,
  wrapped: Uint8Array,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  if (wrapped.length !== WRAPPED_LENGTH) throw hresult('NTE_BAD_DATA', `Wrapped key of ${wrapped.length} bytes.`);
  const secrets: Uint8Array[] = [];
  const keep = (secret: Uint8Array) => {
    secrets.push(secret);
    return secret;
  };
  try {
    const reversed = keep(await decryptUnpadded(engine, keyEncryptionKey, OUTER_IV, wrapped)).reverse();
    const plain = keep(await decryptUnpadded(engine, keyEncryptionKey, reversed.slice(0, 8), reversed.slice(8)));
    const key = plain.slice(0, 24);
    const checksum = await engine.digest('sha1', key);
    if (isSameBytes(checksum.subarray(0, 8), plain.subarray(24))) return key;
    wipe(key);
    throw hresult('NTE_BAD_DATA', 'The wrapped key does not hold together.');
  } finally {
    wipe(...secrets);
  }
}

/**
 * CBC without padding, through an engine that always removes it: a block that decrypts to nothing but padding is put at
 * the end first.
 */
async function decryptUnpadded(
  engine: CryptoEngine,
  key: Uint8Array,
  iv: Uint8Array,
  ciphertext: Uint8Array,
): Promise<Uint8Array> {
  const padding = await engine.encrypt(CIPHER, key, ciphertext.subarray(-8), new Uint8Array(0));
  const padded = new Uint8Array(ciphertext.length + padding.length);
  padded.set(ciphertext);
  padded.set(padding, ciphertext.length);
  return engine.decrypt(CIPHER, key, iv, padded);
}
