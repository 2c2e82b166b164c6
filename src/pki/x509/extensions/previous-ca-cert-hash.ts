import { decodeWhole } from '../../asn1/decode-whole.ts';
import { type DerNode, octetString } from '../../asn1/der-writer.ts';

/** szOID_CERTSRV_PREVIOUS_CERT_HASH: OCTET STRING, the SHA-1 of the CA certificate that this one renews. */
export function decodePreviousCaCertHash(extnValue: Uint8Array): Uint8Array {
  return decodeWhole(extnValue, (reader) => reader.octetString());
}

export function encodePreviousCaCertHash(hash: Uint8Array): DerNode {
  return octetString(hash);
}
