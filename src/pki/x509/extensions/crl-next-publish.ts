import { decodeWhole } from '../../asn1/decode-whole.ts';
import { type DerNode, time } from '../../asn1/der-writer.ts';

/** szOID_CRL_NEXT_PUBLISH: Time, when the next CRL will be published; nextUpdate less the overlap. */
export function decodeCrlNextPublish(extnValue: Uint8Array): Date {
  return decodeWhole(extnValue, (reader) => reader.time());
}

export function encodeCrlNextPublish(date: Date): DerNode {
  return time(date);
}
