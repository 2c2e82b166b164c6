import { digestLength } from '../crypto/digest-algorithm.ts';
import { type CryptoEngine, type DigestAlgorithm, wipe } from '../crypto/engine.ts';
import { repeatDigest } from './repeat-digest.ts';

/** The diversifiers of RFC 7292 §B.3. */
export const KDF_ID = { key: 1, iv: 2, mac: 3 } as const;

export interface Pkcs12Derivation {
  readonly digest: DigestAlgorithm;
  /** The BMPString with its terminator, or nothing (see PasswordForm). */
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly id: (typeof KDF_ID)[keyof typeof KDF_ID];
  readonly iterations: number;
  /** Bytes. */
  readonly length: number;
}

/** How often the iterations start over for so many bytes. */
export function derivationRuns(digest: DigestAlgorithm, length: number): number {
  return Math.ceil(length / digestLength(digest));
}

/** The key derivation of RFC 7292 §B.2; the caller wipes what is answered. */
export async function derivePkcs12(derivation: Pkcs12Derivation, engine: CryptoEngine): Promise<Uint8Array> {
  const { digest, password, salt, id, iterations, length } = derivation;
  const v = blockLength(digest);
  const saltLength = roundUp(salt.length, v);
  // D, then I = S || P.
  const input = new Uint8Array(v + saltLength + roundUp(password.length, v)).fill(id, 0, v);
  const blocks = input.subarray(v);
  repeatInto(blocks.subarray(0, saltLength), salt);
  repeatInto(blocks.subarray(saltLength), password);
  const out = new Uint8Array(length);
  try {
    for (let at = 0; at < length; ) {
      const a = await repeatDigest(digest, await engine.digest(digest, input), iterations - 1, engine);
      out.set(a.subarray(0, length - at), at);
      at += a.length;
      if (at < length) addToBlocks(blocks, a, v);
      wipe(a);
    }
    return out;
  } finally {
    wipe(input);
  }
}

/** Bytes of the compression function's block: v / 8 in the RFC. */
function blockLength(digest: DigestAlgorithm): number {
  return digest === 'sha384' || digest === 'sha512' ? 128 : 64;
}

function roundUp(length: number, v: number): number {
  return Math.ceil(length / v) * v;
}

function repeatInto(out: Uint8Array, pattern: Uint8Array): void {
  for (let i = 0; i < out.length; i++) out[i] = pattern[i % pattern.length]!;
}

/** Step 6 C: every block of I becomes I + B + 1. */
function addToBlocks(blocks: Uint8Array, a: Uint8Array, v: number): void {
  for (let start = 0; start < blocks.length; start += v) {
    let carry = 1;
    for (let i = v - 1; i >= 0; i--) {
      carry += blocks[start + i]! + a[i % a.length]!;
      blocks[start + i] = carry & 0xff;
      carry >>= 8;
    }
  }
}
