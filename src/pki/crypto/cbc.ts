import { hresult } from '#hresult/hresult-error';

/** A block cipher under one key, for the engines that have none of their own. */
export interface BlockTransform {
  readonly blockLength: number;
  /** In place, the block that begins at `at`. */
  encryptBlock(bytes: Uint8Array, at: number): void;
  decryptBlock(bytes: Uint8Array, at: number): void;
  /** Overwrites the key schedule. */
  wipe(): void;
}

/** CBC with the padding of RFC 5652 §6.3; wipes the transform. */
export function cbcEncrypt(transform: BlockTransform, iv: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const size = transform.blockLength;
  const padding = size - (plaintext.length % size);
  const out = new Uint8Array(plaintext.length + padding).fill(padding, plaintext.length);
  out.set(plaintext);
  try {
    for (let at = 0; at < out.length; at += size) {
      const previous = at === 0 ? iv : out.subarray(at - size, at);
      for (let i = 0; i < size; i++) out[at + i]! ^= previous[i]!;
      transform.encryptBlock(out, at);
    }
    return out;
  } finally {
    transform.wipe();
  }
}

/** Wipes the transform. Throws NTE_BAD_DATA where the padding is wrong. */
export function cbcDecrypt(transform: BlockTransform, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  const size = transform.blockLength;
  const out = new Uint8Array(ciphertext.length);
  try {
    if (ciphertext.length === 0 || ciphertext.length % size !== 0) throw badPadding();
    out.set(ciphertext);
    for (let at = 0; at < out.length; at += size) {
      transform.decryptBlock(out, at);
      const previous = at === 0 ? iv : ciphertext.subarray(at - size, at);
      for (let i = 0; i < size; i++) out[at + i]! ^= previous[i]!;
    }
    const padding = out[out.length - 1]!;
    let wrong = padding === 0 || padding > size ? 1 : 0;
    for (let i = 0; i < size; i++) wrong |= i < padding ? out[out.length - 1 - i]! ^ padding : 0;
    if (wrong !== 0) throw badPadding();
    return out.slice(0, out.length - padding);
  } finally {
    transform.wipe();
    out.fill(0);
  }
}

function badPadding() {
  return hresult('NTE_BAD_DATA', 'The padding of the decrypted content is wrong.');
}
