import { octetString } from '../asn1/der-writer.ts';
import { szOID_ARCHIVED_KEY_CERT_HASH } from '../asn1/oid-table.ts';
import { type Attribute, attributeOf, octetStringAttribute } from '../cms/attribute.ts';

/**
 * `szOID_ARCHIVED_KEY_CERT_HASH`, a signed attribute of the recovery BLOB: the SHA-1 hash of the certificate whose key is
 * recovered (key archival white paper, "Recovery BLOB Structure"). Throws CRYPT_E_BAD_MSG, Asn1Error.
 */
export function findArchivedKeyCertHash(attributes: readonly Attribute[]): Uint8Array | undefined {
  return octetStringAttribute(attributes, szOID_ARCHIVED_KEY_CERT_HASH);
}

export function archivedKeyCertHashAttribute(hash: Uint8Array): Attribute {
  return attributeOf(szOID_ARCHIVED_KEY_CERT_HASH, octetString(hash));
}
