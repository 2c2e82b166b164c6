/** EME-OAEP decoding (RFC 8017 §7.1.2, step 3) with an empty label, for keys whose place does the bare RSA operation alone. */
import { digestLength } from './digest-algorithm.ts';
import type { DigestAlgorithm } from './engine.ts';

type Digest = (algorithm: DigestAlgorithm, data: Uint8Array) => Promise<Uint8Array>;

/**
 * The key of a decrypted block as long as the modulus, or `substitute`, which is as long as the key; MGF1 is over the same
 * digest. As with `unpadKey`, every octet is looked at and the answer is picked by a mask. The key must fit the block.
 */
export async function unpadOaep(
  block: Uint8Array,
  algorithm: DigestAlgorithm,
  substitute: Uint8Array,
  digest: Digest,
): Promise<Uint8Array> {
  const hashed = digestLength(algorithm);
  const seed = block.slice(1, 1 + hashed);
  const data = block.slice(1 + hashed);
  try {
    await mask(seed, data, algorithm, digest);
    await mask(data, seed, algorithm, digest);
    const label = await digest(algorithm, new Uint8Array());
    const end = data.length - substitute.length - 1;
    let wrong = block[0]! | (data[end]! ^ 1);
    for (let at = 0; at < end; at++) wrong |= data[at]! ^ (label[at] ?? 0);
    const good = ((wrong & 0xff) - 1) >> 8;
    return substitute.map((octet, index) => (data[end + 1 + index]! & good) | (octet & ~good));
  } finally {
    seed.fill(0);
    data.fill(0);
  }
}

/** MGF1 (RFC 8017 §B.2.1) of `from`, exclusive-or `onto`. */
async function mask(onto: Uint8Array, from: Uint8Array, algorithm: DigestAlgorithm, digest: Digest): Promise<void> {
  const input = new Uint8Array(from.length + 4);
  input.set(from);
  const step = digestLength(algorithm);
  for (let counter = 0; counter * step < onto.length; counter++) {
    new DataView(input.buffer).setUint32(from.length, counter);
    const part = await digest(algorithm, input);
    for (let i = 0; i < step && counter * step + i < onto.length; i++) onto[counter * step + i]! ^= part[i]!;
    part.fill(0);
  }
  input.fill(0);
}
