import { decodeWhole } from '../../asn1/decode-whole.ts';
import { type DerNode, integer } from '../../asn1/der-writer.ts';

/**
 * RFC 5280 §5.2.3: `CRLNumber ::= INTEGER (0..MAX)`, up to 20 octets. The same type stands in deltaCRLIndicator (§5.2.4,
 * the number of the base) and in Microsoft's szOID_CRL_VIRTUAL_BASE.
 */
export type CRLNumber = bigint;

export function decodeCrlNumber(extnValue: Uint8Array): CRLNumber {
  return decodeWhole(extnValue, (reader) => reader.integer());
}

export function encodeCrlNumber(number: CRLNumber): DerNode {
  return integer(number);
}
