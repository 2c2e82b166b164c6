import { hresult } from '#hresult/hresult-error';
import { aes } from './aes.ts';

/** AES key wrap, RFC 3394 §2.2.1 and §2.2.2 with the initial value of §2.2.3.1. Lengths as `requireWrappable` checks them. */
export function aesKeyWrap(keyEncryptionKey: Uint8Array, key: Uint8Array): Uint8Array {
  const transform = aes(keyEncryptionKey);
  const out = new Uint8Array(key.length + 8).fill(0xa6, 0, 8);
  out.set(key, 8);
  const block = new Uint8Array(16);
  const n = key.length / 8;
  for (let t = 1; t <= 6 * n; t++) {
    const at = 8 * (((t - 1) % n) + 1);
    block.set(out.subarray(0, 8));
    block.set(out.subarray(at, at + 8), 8);
    transform.encryptBlock(block, 0);
    out.set(block.subarray(8), at);
    addCounter(block, t);
    out.set(block.subarray(0, 8));
  }
  transform.wipe();
  block.fill(0);
  return out;
}

/** Throws NTE_BAD_DATA where the integrity check fails. */
export function aesKeyUnwrap(keyEncryptionKey: Uint8Array, wrapped: Uint8Array): Uint8Array {
  const transform = aes(keyEncryptionKey);
  const out = Uint8Array.from(wrapped);
  const block = new Uint8Array(16);
  const n = wrapped.length / 8 - 1;
  try {
    for (let t = 6 * n; t >= 1; t--) {
      const at = 8 * (((t - 1) % n) + 1);
      block.set(out.subarray(0, 8));
      addCounter(block, t);
      block.set(out.subarray(at, at + 8), 8);
      transform.decryptBlock(block, 0);
      out.set(block.subarray(8), at);
      out.set(block.subarray(0, 8));
    }
    let wrong = 0;
    for (let i = 0; i < 8; i++) wrong |= out[i]! ^ 0xa6;
    if (wrong !== 0) throw keyWrapFailed();
    return out.slice(8);
  } finally {
    transform.wipe();
    block.fill(0);
    out.fill(0);
  }
}

function addCounter(block: Uint8Array, t: number): void {
  for (let i = 7, rest = t; rest > 0; i--, rest = Math.floor(rest / 256)) block[i]! ^= rest & 0xff;
}

export function keyWrapFailed() {
  return hresult('NTE_BAD_DATA', 'The integrity check of the wrapped key fails.');
}

/** RFC 3394 §2: whole blocks of eight bytes, at least two. Throws NTE_BAD_LEN. */
export function requireWrappable(keyEncryptionKey: Uint8Array, key: Uint8Array): void {
  requireAesKey(keyEncryptionKey);
  if (key.length < 16 || key.length % 8 !== 0) throw hresult('NTE_BAD_LEN', `A key of ${key.length} bytes to wrap.`);
}

/** Throws NTE_BAD_LEN for a key no AES has, NTE_BAD_DATA for what no key wraps to. */
export function requireUnwrappable(keyEncryptionKey: Uint8Array, wrapped: Uint8Array): void {
  requireAesKey(keyEncryptionKey);
  if (wrapped.length < 24 || wrapped.length % 8 !== 0) throw keyWrapFailed();
}

function requireAesKey(key: Uint8Array): void {
  if (key.length !== 16 && key.length !== 24 && key.length !== 32) {
    throw hresult('NTE_BAD_LEN', `A key-encryption key of ${key.length} bytes.`);
  }
}
