import { decodeNameValuePair } from '#pki/cmc/enrollment-name-value-pair';
import type { NameValuePair } from '#pki/cmc/name-value-pairs';

const szOID_ENROLLMENT_NAME_VALUE_PAIR = '1.3.6.1.4.1.311.13.2.1';

/** The name/value pairs among a PKCS #10's attributes (MS-WCCE 2.2.2.7.10). */
export function nameValuePairs(
  attributes: readonly { readonly type: string; readonly values: readonly Uint8Array[] }[],
): NameValuePair[] {
  return attributes
    .filter(({ type }) => type === szOID_ENROLLMENT_NAME_VALUE_PAIR)
    .flatMap(({ values }) => values.map(decodeNameValuePair));
}
