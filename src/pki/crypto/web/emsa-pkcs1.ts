import { encodeDer, octetString, sequence } from '../../asn1/der-writer.ts';
import { algorithmWithNull } from '../algorithm-identifier.ts';
import { digestOid } from '../digest-algorithm.ts';
import type { DigestAlgorithm } from '../engine.ts';

/** EMSA-PKCS1-v1_5 (RFC 8017 §9.2) of a digest, as long as the modulus; that it fits was checked before. */
export function emsaPkcs1(algorithm: DigestAlgorithm, digest: Uint8Array, length: number): Uint8Array {
  const digestInfo = encodeDer(sequence(algorithmWithNull(digestOid(algorithm)), octetString(digest)));
  const block = new Uint8Array(length).fill(0xff);
  block[0] = 0;
  block[1] = 1;
  block[length - digestInfo.length - 1] = 0;
  block.set(digestInfo, length - digestInfo.length);
  return block;
}
