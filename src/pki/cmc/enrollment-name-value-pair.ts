import { decodeWhole } from '../asn1/decode-whole.ts';
import { bmpString, encodeDer, sequence } from '../asn1/der-writer.ts';
import { szOID_ENROLLMENT_NAME_VALUE_PAIR } from '../asn1/oid-table.ts';
import type { Attribute } from '../cms/attribute.ts';
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

/** All pairs of the szOID_ENROLLMENT_NAME_VALUE_PAIR attributes among these. Throws Asn1Error. */
export function nameValuePairsAmong(attributes: readonly Attribute[]): NameValuePair[] {
  return attributes
    .filter(({ attrType }) => attrType === szOID_ENROLLMENT_NAME_VALUE_PAIR)
    .flatMap(({ attrValues }) => attrValues.map(decodeNameValuePair));
}
