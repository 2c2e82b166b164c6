import { octetString } from '../asn1/der-writer.ts';
import { szOID_ISSUED_CERT_HASH } from '../asn1/oid-table.ts';
import { type Attribute, attributeOf, octetStringAttribute } from '../cms/attribute.ts';

/**
 * `szOID_ISSUED_CERT_HASH` (MS-WCCE 2.2.2.8): the SHA-1 hash of the certificate that the response brings, so that the
 * client finds it among the others. Throws CRYPT_E_BAD_MSG, Asn1Error.
 */
export function findIssuedCertHash(attributes: readonly Attribute[]): Uint8Array | undefined {
  return octetStringAttribute(attributes, szOID_ISSUED_CERT_HASH);
}

export function issuedCertHashAttribute(hash: Uint8Array): Attribute {
  return attributeOf(szOID_ISSUED_CERT_HASH, octetString(hash));
}
