import type { BlockTransform } from './cbc.ts';

/**
 * AES (FIPS 197), for the one browser engine that refuses 192-bit keys. Written for shortness: it looks tables up by secret
 * bytes, so it is used only where the platform leaves no choice.
 */

const SBOX = new Uint8Array(256);
const INVERSE_SBOX = new Uint8Array(256);
for (let i = 0, p = 1, q = 1; i < 255; i++) {
  // p runs through the powers of 3, q through their inverses (FIPS 197 §5.1.1).
  p = p ^ double(p);
  q ^= q << 1;
  q ^= q << 2;
  q ^= q << 4;
  q &= 0xff;
  if (q & 0x80) q ^= 0x09;
  const x = q ^ rotate(q, 1) ^ rotate(q, 2) ^ rotate(q, 3) ^ rotate(q, 4) ^ 0x63;
  SBOX[p] = x;
  INVERSE_SBOX[x] = p;
}
SBOX[0] = 0x63;
INVERSE_SBOX[0x63] = 0;

function double(x: number): number {
  return ((x << 1) ^ (x & 0x80 ? 0x11b : 0)) & 0xff;
}

function rotate(x: number, by: number): number {
  return ((x << by) | (x >>> (8 - by))) & 0xff;
}

/** `key` of 16, 24 or 32 bytes. */
export function aes(key: Uint8Array): BlockTransform {
  const schedule = expandKey(key);
  const last = schedule.length - 16;
  const next = new Uint8Array(16);
  const addRoundKey = (bytes: Uint8Array, at: number, from: number) => {
    for (let i = 0; i < 16; i++) bytes[at + i]! ^= schedule[from + i]!;
  };
  return {
    blockLength: 16,
    encryptBlock: (bytes, at) => {
      addRoundKey(bytes, at, 0);
      for (let from = 16; from <= last; from += 16) {
        // SubBytes and ShiftRows: row r of column c comes from column c + r.
        for (let i = 0; i < 16; i++) next[i] = SBOX[bytes[at + ((i + 4 * (i & 3)) & 15)]!]!;
        bytes.set(next, at);
        if (from < last) mixColumns(bytes, at);
        addRoundKey(bytes, at, from);
      }
    },
    decryptBlock: (bytes, at) => {
      addRoundKey(bytes, at, last);
      for (let from = last - 16; from >= 0; from -= 16) {
        for (let i = 0; i < 16; i++) next[(i + 4 * (i & 3)) & 15] = INVERSE_SBOX[bytes[at + i]!]!;
        bytes.set(next, at);
        addRoundKey(bytes, at, from);
        // The inverse of MixColumns is its cube.
        for (let times = from > 0 ? 3 : 0; times > 0; times--) mixColumns(bytes, at);
      }
    },
    wipe: () => {
      schedule.fill(0);
      next.fill(0);
    },
  };
}

function mixColumns(bytes: Uint8Array, at: number): void {
  for (let c = at; c < at + 16; c += 4) {
    const a = bytes[c]!;
    const b = bytes[c + 1]!;
    const d = bytes[c + 2]!;
    const e = bytes[c + 3]!;
    const all = a ^ b ^ d ^ e;
    bytes[c] = a ^ all ^ double(a ^ b);
    bytes[c + 1] = b ^ all ^ double(b ^ d);
    bytes[c + 2] = d ^ all ^ double(d ^ e);
    bytes[c + 3] = e ^ all ^ double(e ^ a);
  }
}

function expandKey(key: Uint8Array): Uint8Array {
  const schedule = new Uint8Array(16 * (key.length / 4 + 7));
  schedule.set(key);
  const word = new Uint8Array(4);
  let constant = 1;
  for (let at = key.length; at < schedule.length; at += 4) {
    word.set(schedule.subarray(at - 4, at));
    if (at % key.length === 0) {
      word.set([SBOX[word[1]!]! ^ constant, SBOX[word[2]!]!, SBOX[word[3]!]!, SBOX[word[0]!]!]);
      constant = double(constant);
    } else if (key.length === 32 && at % 32 === 16) {
      for (let i = 0; i < 4; i++) word[i] = SBOX[word[i]!]!;
    }
    for (let i = 0; i < 4; i++) schedule[at + i] = schedule[at - key.length + i]! ^ word[i]!;
  }
  word.fill(0);
  return schedule;
}
