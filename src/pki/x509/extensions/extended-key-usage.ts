import { decodeWhole, readAll } from '../../asn1/decode-whole.ts';
import { type DerNode, oid, sequenceOf } from '../../asn1/der-writer.ts';

/** RFC 5280 §4.2.1.12: `ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId`. */
export type ExtendedKeyUsage = readonly string[];

export function decodeExtendedKeyUsage(extnValue: Uint8Array): ExtendedKeyUsage {
  return decodeWhole(extnValue, (reader) => readAll(reader.sequence(), (purposes) => purposes.oid()));
}

export function encodeExtendedKeyUsage(purposes: ExtendedKeyUsage): DerNode {
  return sequenceOf(purposes.map((purpose) => oid(purpose)));
}
