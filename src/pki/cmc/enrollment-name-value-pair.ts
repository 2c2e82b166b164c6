import { decodeWhole } from '../asn1/decode-whole.ts';
import { bmpString, encodeDer, sequence } from '../asn1/der-writer.ts';
import type { NameValuePair } from './name-value-pairs.ts';

/**
 * `szOID_ENROLLMENT_NAME_VALUE_PAIR` (MS-WCCE 2.2.2.7): one pair a value of the attribute.
 *
 * ```asn1
 * EnrollmentNameValuePair ::= SEQUENCE { name BMPString, value BMPString }
 * ```
 *
 * Throws Asn1Error.
 */
export function decodeNameValuePair(value: Uint8Array): NameValuePair {
  return decodeWhole(value, (reader) => {
    const fields = reader.sequence();
    const pair: NameValuePair = [fields.string(), fields.string()];
    fields.finish();
    return pair;
  });
}

export function encodeNameValuePair([name, value]: NameValuePair): Uint8Array {
  return encodeDer(sequence(bmpString(name), bmpString(value)));
}
