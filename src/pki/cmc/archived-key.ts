import { hresult } from '#hresult/hresult-error';
import { toDer } from '../asn1/ber.ts';
import { BerReader } from '../asn1/ber-reader.ts';
import { decodeOid } from '../asn1/object-identifier.ts';
import { szOID_ARCHIVED_KEY_ATTR } from '../asn1/oid-table.ts';
import { contextConstructed, TAG } from '../asn1/tag.ts';
import { type Attribute, attributeOf } from '../cms/attribute.ts';
import { decodeEnvelopedData, type EnvelopedData } from '../cms/enveloped-data.ts';
import { decodeSignedData, encodeSignedData, type SignedData } from '../cms/signed-data.ts';

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

/**
 * The request without the archived key, as the CA stores it (MS-WCCE 3.2.2.6.2.1.2.2). Every other byte stays; the
 * signature covers none of what goes. Throws as `decodeSignedData`.
 */
export function withoutArchivedKey(bytes: Uint8Array): Uint8Array {
  const signedData = decodeSignedData(bytes);
  if (!signedData.signerInfos.some(({ unsignedAttrs }) => unsignedAttrs?.some(isArchivedKey))) return bytes;
  const signerInfos = signedData.signerInfos.map((signerInfo) => {
    const unsignedAttrs = signerInfo.unsignedAttrs?.filter((one) => !isArchivedKey(one));
    return { ...signerInfo, unsignedAttrs: unsignedAttrs?.length ? unsignedAttrs : undefined };
  });
  return encodeSignedData({ ...signedData, signerInfos });
}

/**
 * Where an archived key may stand (MS-WCCE 3.2.2.6.2.1.2.2): in the unsigned attributes of the outermost first signer, once.
 * `layers` are the signed messages around the request, outermost first; `elsewhere` are attributes and controls of other
 * kinds. The ContentInfo is answered exactly as received. Throws CERTSRV_E_BAD_REQUEST_KEY_ARCHIVAL for any other place.
 */
export function findArchivedKey(
  bytes: Uint8Array,
  layers: readonly SignedData[],
  elsewhere: readonly { readonly attrType: string }[],
): { readonly contentInfo: Uint8Array } | undefined {
  const [first, ...others] = layers.flatMap(({ signerInfos }) => signerInfos);
  const misplaced = [
    ...elsewhere,
    ...(first!.signedAttrs ?? []),
    ...others.flatMap(({ signedAttrs = [], unsignedAttrs = [] }) => [...signedAttrs, ...unsignedAttrs]),
  ].some((one) => one.attrType === szOID_ARCHIVED_KEY_ATTR);
  const found = first!.unsignedAttrs?.filter(isArchivedKey) ?? [];
  if (misplaced || found.length > 1 || (found.length === 1 && found[0]!.attrValues.length !== 1)) {
    throw hresult('CERTSRV_E_BAD_REQUEST_KEY_ARCHIVAL');
  }
  const value = found[0]?.attrValues[0];
  if (!value) return undefined;
  return { contentInfo: toDer(bytes) === bytes ? value : archivedKeyAsReceived(bytes)! };
}

function isArchivedKey({ attrType }: Attribute): boolean {
  return attrType === szOID_ARCHIVED_KEY_ATTR;
}
