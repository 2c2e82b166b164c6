import { encodeDer, octetString, sequence } from '../asn1/der-writer.ts';
import { algorithmWithNull } from './algorithm-identifier.ts';
import { digestOid } from './digest-algorithm.ts';
import type { DigestAlgorithm } from './engine.ts';

/** DER DigestInfo, which an RSASSA-PKCS1-v1_5 signature is made over (RFC 8017 §9.2, step 2). */
export function digestInfo(algorithm: DigestAlgorithm, digest: Uint8Array): Uint8Array {
  return encodeDer(sequence(algorithmWithNull(digestOid(algorithm)), octetString(digest)));
}
