import { isSameBytes } from '../asn1/bytes.ts';
import { octetString } from '../asn1/der-writer.ts';
import { szOID_ENCRYPTED_KEY_HASH } from '../asn1/oid-table.ts';
import { type Attribute, attributeOf, octetStringAttribute } from '../cms/attribute.ts';
import { digestLength } from '../crypto/digest-algorithm.ts';
import type { CryptoEngine, DigestAlgorithm } from '../crypto/engine.ts';

/** The digests a key hash is made with; MS-WCCE asks for SHA-1 or the digest of the request's signature. */
const DIGESTS: readonly DigestAlgorithm[] = ['sha1', 'sha256', 'sha384', 'sha512'];

/** The hash of an archived key: over the whole ContentInfo exactly as it stands in szOID_ARCHIVED_KEY_ATTR. */
export function encryptedKeyHash(
  contentInfo: Uint8Array,
  digest: DigestAlgorithm,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  return engine.digest(digest, contentInfo);
}

/** True where `hash` is that of the archived key; which digest made it shows in its length. */
export async function isEncryptedKeyHashOf(
  hash: Uint8Array,
  contentInfo: Uint8Array,
  engine: CryptoEngine,
): Promise<boolean> {
  const digest = DIGESTS.find((name) => digestLength(name) === hash.length);
  return digest !== undefined && isSameBytes(hash, await encryptedKeyHash(contentInfo, digest, engine));
}

/**
 * `szOID_ENCRYPTED_KEY_HASH` (MS-WCCE 2.2.2.7): binds the archived key, which stands outside the signature, to the signed
 * part of the request; in the response it tells the client which key the CA archived. Throws CRYPT_E_BAD_MSG, Asn1Error.
 */
export function findEncryptedKeyHash(attributes: readonly Attribute[]): Uint8Array | undefined {
  return octetStringAttribute(attributes, szOID_ENCRYPTED_KEY_HASH);
}

export function encryptedKeyHashAttribute(hash: Uint8Array): Attribute {
  return attributeOf(szOID_ENCRYPTED_KEY_HASH, octetString(hash));
}
