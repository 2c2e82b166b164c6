import { encodeDer, explicit, sequence } from '../asn1/der-writer.ts';

/**
 * RFC 4523 A.1, as it stands in the directory:
 *
 *     CertificatePair ::= SEQUENCE { forward [0] EXPLICIT Certificate OPTIONAL, reverse [1] EXPLICIT Certificate OPTIONAL }
 *
 * `forward` was issued to the CA whose entry holds the pair.
 */
export function encodeCertificatePair({ forward }: { readonly forward: Uint8Array }): Uint8Array {
  return encodeDer(sequence(explicit(0, forward)));
}
