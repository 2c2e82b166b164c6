import { decodeWhole } from '../../asn1/decode-whole.ts';
import { type DerNode, nullValue } from '../../asn1/der-writer.ts';

/** RFC 6960 §4.2.2.2.1: a NULL in the certificate of an OCSP responder that is not to be checked for revocation. */
export function decodeOcspNocheck(extnValue: Uint8Array): true {
  decodeWhole(extnValue, (reader) => reader.null());
  return true;
}

export function encodeOcspNocheck(_value: true): DerNode {
  return nullValue();
}
