/** RSAES-PKCS1-v1_5 encoding of keys, RFC 8017 §7.2, for the engines that have to do it themselves. */

/** `00 02 PS 00 M`; at least eight octets of PS. */
const OVERHEAD = 11;

/** True where a key of so many bytes fits a modulus of so many. */
export function fitsPkcs1(keyLength: number, modulusBytes: number): boolean {
  return keyLength >= 0 && keyLength <= modulusBytes - OVERHEAD;
}

/** The block to encrypt: `length` is the modulus's; `random` answers that many fresh random bytes. */
export function padKey(key: Uint8Array, length: number, random: (length: number) => Uint8Array): Uint8Array {
  const block = new Uint8Array(length);
  block[1] = 2;
  const end = length - key.length - 1;
  for (let at = 2; at < end; ) {
    for (const octet of random(end - at)) if (octet !== 0) block[at++] = octet;
  }
  block.set(key, end + 1);
  return block;
}

/**
 * The key of a decrypted block: the last `keyLength` bytes if everything before them is padding, else `substitute`.
 * One pattern of work for both, so that the padding's fate shows neither in time nor in the answer: every octet is looked
 * at, and the answer is picked by a mask (RFC 3218 §2.3.2, RFC 8017 §7.2.2). `keyLength` must fit the block.
 */
export function unpadKey(block: Uint8Array, keyLength: number, substitute: Uint8Array): Uint8Array {
  const end = block.length - keyLength - 1;
  let wrong = block[0]! | (block[1]! ^ 2) | block[end]!;
  // (octet - 1) >> 8 is all ones for zero alone.
  for (let at = 2; at < end; at++) wrong |= (block[at]! - 1) >> 8;
  const good = ((wrong & 0xff) - 1) >> 8;
  const key = new Uint8Array(keyLength);
  for (let i = 0; i < keyLength; i++) key[i] = (block[end + 1 + i]! & good) | (substitute[i]! & ~good);
  return key;
}
