/**
 * The same digest over its own output, some hundred thousand times. WebCrypto takes 30 µs for each, because every one is a
 * message to another thread; one block of SHA-1 or SHA-256 here takes a fraction of one. The longer digests are too rare in
 * PKCS #12 to be written out.
 */
import { type CryptoEngine, type DigestAlgorithm, wipe } from '../crypto/engine.ts';

/** `digest` is an output of `algorithm` and is overwritten; the caller wipes what is answered. */
export async function repeatDigest(
  algorithm: DigestAlgorithm,
  digest: Uint8Array,
  times: number,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  if (algorithm === 'sha1') return repeatBlock(digest, times, compressSha1, SHA1_INITIAL, 80);
  if (algorithm === 'sha256') return repeatBlock(digest, times, compressSha256, SHA256_INITIAL, 64);
  let current = digest;
  for (let i = 0; i < times; i++) {
    const next = await engine.digest(algorithm, current);
    wipe(current);
    current = next;
  }
  return current;
}

/** Takes the words of one message block in `schedule`; leaves the digest in `state`. */
type Compress = (state: Int32Array, schedule: Int32Array) => void;

/** A digest fills less than a block, so each round is one compression of it and its padding (FIPS 180-4 §5.1.1). */
function repeatBlock(
  digest: Uint8Array,
  times: number,
  compress: Compress,
  initial: Int32Array,
  scheduleLength: number,
): Uint8Array {
  const words = digest.length / 4;
  const view = new DataView(digest.buffer, digest.byteOffset, digest.length);
  const state = new Int32Array(words);
  const schedule = new Int32Array(scheduleLength);
  for (let i = 0; i < words; i++) state[i] = view.getInt32(4 * i);
  for (let round = 0; round < times; round++) {
    schedule.fill(0, 0, 16);
    schedule.set(state);
    schedule[words] = 0x80000000 | 0;
    schedule[15] = digest.length * 8;
    state.set(initial);
    compress(state, schedule);
  }
  for (let i = 0; i < words; i++) view.setInt32(4 * i, state[i]!);
  state.fill(0);
  schedule.fill(0);
  return digest;
}

/** FIPS 180-4 §5.3.1. */
const SHA1_INITIAL = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);

/** FIPS 180-4 §6.1.2. */
function compressSha1(state: Int32Array, w: Int32Array): void {
  for (let t = 16; t < 80; t++) w[t] = rotateLeft(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1);
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  for (let t = 0; t < 80; t++) {
    let f: number;
    if (t < 20) f = ((b & c) | (~b & d)) + 0x5a827999;
    else if (t < 40) f = (b ^ c ^ d) + 0x6ed9eba1;
    else if (t < 60) f = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    else f = (b ^ c ^ d) + 0xca62c1d6;
    const next = (rotateLeft(a, 5) + f + e + w[t]!) | 0;
    e = d;
    d = c;
    c = rotateLeft(b, 30);
    b = a;
    a = next;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
}

/** FIPS 180-4 §5.3.3 and §4.2.2: the first 32 bits of the fractions of the roots of the first primes. */
// Of a root 35 bits are wanted, a double has 53.
const PRIMES = firstPrimes(64);
const SHA256_INITIAL = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const SHA256_CONSTANTS = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 2 ** 32);
}

/** FIPS 180-4 §6.2.2. */
function compressSha256(state: Int32Array, w: Int32Array): void {
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15]!;
    const y = w[t - 2]!;
    const s0 = rotateLeft(x, 25) ^ rotateLeft(x, 14) ^ (x >>> 3);
    const s1 = rotateLeft(y, 15) ^ rotateLeft(y, 13) ^ (y >>> 10);
    w[t] = w[t - 16]! + s0 + w[t - 7]! + s1;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let t = 0; t < 64; t++) {
    const s1 = rotateLeft(e, 26) ^ rotateLeft(e, 21) ^ rotateLeft(e, 7);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + SHA256_CONSTANTS[t]! + w[t]!) | 0;
    const s0 = rotateLeft(a, 30) ^ rotateLeft(a, 19) ^ rotateLeft(a, 10);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
  state[4]! += e;
  state[5]! += f;
  state[6]! += g;
  state[7]! += h;
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
