import { decodeWhole } from '../../asn1/decode-whole.ts';
import { type DerNode, integer } from '../../asn1/der-writer.ts';

/** RFC 5280 §4.2.1.14: `InhibitAnyPolicy ::= SkipCerts`, `SkipCerts ::= INTEGER (0..MAX)`. */
export function decodeInhibitAnyPolicy(extnValue: Uint8Array): number {
  return decodeWhole(extnValue, (reader) => reader.smallInteger());
}

export function encodeInhibitAnyPolicy(skipCerts: number): DerNode {
  return integer(skipCerts);
}
