import { decodeWhole } from '../../asn1/decode-whole.ts';
import { type DerNode, octetString } from '../../asn1/der-writer.ts';

/** RFC 5280 §4.2.1.2: `KeyIdentifier ::= OCTET STRING`. */
export type KeyIdentifier = Uint8Array;

export function decodeSubjectKeyIdentifier(extnValue: Uint8Array): KeyIdentifier {
  return decodeWhole(extnValue, (reader) => reader.octetString());
}

export function encodeSubjectKeyIdentifier(keyIdentifier: KeyIdentifier): DerNode {
  return octetString(keyIdentifier);
}
