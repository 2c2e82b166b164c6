import { hresult } from '#hresult/hresult-error';
import { decodeWhole } from '../asn1/decode-whole.ts';
import { encodeDer, ia5String } from '../asn1/der-writer.ts';
import { isIa5String } from '../asn1/strings.ts';
import { TAG } from '../asn1/tag.ts';

/**
 * `szOID_OS_VERSION` (MS-WCCE 2.2.2.7): IA5String `major.minor.build.platform`, where platform 2 is Windows NT:
 * `5.2.3790.2`. Throws Asn1Error.
 */
export function decodeOsVersion(value: Uint8Array): string {
  return decodeWhole(value, (reader) => reader.string(TAG.IA5_STRING));
}

/** Throws CRYPT_E_INVALID_IA5_STRING. */
export function encodeOsVersion(text: string): Uint8Array {
  if (!isIa5String(text)) throw hresult('CRYPT_E_INVALID_IA5_STRING', `The OS version "${text}".`);
  return encodeDer(ia5String(text));
}
