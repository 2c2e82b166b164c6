import { BerReader } from '../asn1/ber-reader.ts';
import { decodeOid } from '../asn1/object-identifier.ts';
import { szOID_ARCHIVED_KEY_ATTR } from '../asn1/oid-table.ts';
import { contextConstructed, TAG } from '../asn1/tag.ts';
import { type Attribute, attributeOf } from '../cms/attribute.ts';
import { decodeEnvelopedData, type EnvelopedData } from '../cms/enveloped-data.ts';

/**
 * `szOID_ARCHIVED_KEY_ATTR` (MS-WCCE 2.2.2.7): the private key, sealed to the CA exchange certificate. Its value is a
 * ContentInfo with an EnvelopedData; it may stand only among the unsigned attributes of the outermost first signer.
 * Throws CRYPT_E_INVALID_MSG_TYPE, Asn1Error.
 */
export function decodeArchivedKey(contentInfo: Uint8Array): EnvelopedData {
  return decodeEnvelopedData(contentInfo);
}

export function archivedKeyAttribute(contentInfo: Uint8Array): Attribute {
  return attributeOf(szOID_ARCHIVED_KEY_ATTR, contentInfo);
}

/**
 * The archived key of a BER message as its bytes were received: the client's hash is over these. Undefined where the
 * first signer has none. The message must be one that `decodeSignedData` reads.
 */
export function archivedKeyAsReceived(message: Uint8Array): Uint8Array | undefined {
  const contentInfo = new BerReader(message).constructed(TAG.SEQUENCE);
  contentInfo.element();
  const signedData = contentInfo.constructed(contextConstructed(0)).constructed(TAG.SEQUENCE);
  for (let fields = 0; fields < 3; fields++) signedData.element();
  while (signedData.peek() !== TAG.SET) signedData.element();
  const signerInfo = signedData.constructed(TAG.SET).constructed(TAG.SEQUENCE);
  // unsignedAttrs is [1] after the signature; signedAttrs is [0], and a sid may be [0] too.
  while (!signerInfo.atEnd && signerInfo.peek() !== contextConstructed(1)) signerInfo.element();
  if (signerInfo.atEnd) return undefined;
  for (const attributes = signerInfo.constructed(contextConstructed(1)); !attributes.atEnd; ) {
    const attribute = attributes.constructed(TAG.SEQUENCE);
    const type = attribute.content(TAG.OBJECT_IDENTIFIER);
    if (decodeOid(type) === szOID_ARCHIVED_KEY_ATTR) return attribute.constructed(TAG.SET).element();
  }
  return undefined;
}
