import { decodeWhole } from '../../asn1/decode-whole.ts';
import { bmpString, type DerNode } from '../../asn1/der-writer.ts';

/**
 * MS-WCCE 2.2.2.7.7.1, szOID_ENROLL_CERTTYPE_EXTENSION: the cn of a version 1 template. Windows writes BMPString, the
 * specification speaks of UTF8String: both are read, BMPString is written.
 */
export function decodeCertificateTemplateName(extnValue: Uint8Array): string {
  return decodeWhole(extnValue, (reader) => reader.string());
}

export function encodeCertificateTemplateName(name: string): DerNode {
  return bmpString(name);
}
