import { digestInfo } from '../digest-info.ts';
import type { DigestAlgorithm } from '../engine.ts';

/** EMSA-PKCS1-v1_5 (RFC 8017 §9.2) of a digest, as long as the modulus; that it fits was checked before. */
export function emsaPkcs1(algorithm: DigestAlgorithm, digest: Uint8Array, length: number): Uint8Array {
  const info = digestInfo(algorithm, digest);
  const block = new Uint8Array(length).fill(0xff);
  block[0] = 0;
  block[1] = 1;
  block[length - info.length - 1] = 0;
  block.set(info, length - info.length);
  return block;
}
