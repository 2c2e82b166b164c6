import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '../asn1/bytes.ts';
import { decodeWhole } from '../asn1/decode-whole.ts';
import { id_alg_noSignature, id_contentType, id_data, id_messageDigest } from '../asn1/oid-table.ts';
import type { AlgorithmIdentifier } from '../crypto/algorithm-identifier.ts';
import { digestOfOid } from '../crypto/digest-algorithm.ts';
import type { CryptoEngine } from '../crypto/engine.ts';
import { cmsSignatureScheme } from '../crypto/signature-algorithm.ts';
import type { Certificate } from '../x509/certificate.ts';
import {
  type Attribute,
  encodeAttributesForSigning,
  encodeAttributesInOrder,
  octetStringAttribute,
  singleAttributeValue,
} from './attribute.ts';
import { identifiesCertificate } from './certificate-match.ts';
import { certificatesOf } from './certificate-set.ts';
import type { SignedData, SignerInfo } from './signed-data.ts';

/**
 * Verifies one SignerInfo under a DER SubjectPublicKeyInfo; whose key that is, is the caller's to know.
 * `content` is that of a detached signature.
 * Throws CRYPT_E_AUTH_ATTR_MISSING where contentType or messageDigest is missing or contentType names another type,
 * CRYPT_E_HASH_VALUE where the content has another digest, NTE_BAD_SIGNATURE where the signature is not this key's,
 * NTE_BAD_ALGID for algorithms that no engine knows, CRYPT_E_BAD_MSG where there is no content at all.
 */
export async function verifySignerInfo(
  signedData: SignedData,
  signerInfo: SignerInfo,
  publicKey: Uint8Array,
  engine: CryptoEngine,
  content?: Uint8Array,
): Promise<void> {
  const scheme = cmsSignatureScheme(signerInfo.signatureAlgorithm, signerInfo.digestAlgorithm);
  for (const signed of await signedForms(signedData, signerInfo, engine, content)) {
    if (await engine.verify(scheme, publicKey, signed, signerInfo.signature)) return;
  }
  throw hresult('NTE_BAD_SIGNATURE', 'The signature of the message does not verify under the key of its signer.');
}

/**
 * True for a signer whose `signature` is the bare digest of what would be signed (RFC 5272 App. C.1): it proves nothing
 * about who sent the message.
 */
export function isNoSignature(signerInfo: SignerInfo): boolean {
  return signerInfo.signatureAlgorithm.algorithm === id_alg_noSignature;
}

/** Checks the digest of a No-Signature signer. Throws as `verifySignerInfo`. */
export async function verifyNoSignature(
  signedData: SignedData,
  signerInfo: SignerInfo,
  engine: CryptoEngine,
): Promise<void> {
  const digest = knownDigest(signerInfo.digestAlgorithm);
  for (const signed of await signedForms(signedData, signerInfo, engine, undefined)) {
    if (isNoSignature(signerInfo) && isSameBytes(await engine.digest(digest, signed), signerInfo.signature)) return;
  }
  throw hresult('NTE_BAD_SIGNATURE', 'The message without signature holds another digest.');
}

/** The certificate in the message that the signer names. */
export function signerCertificate(signedData: SignedData, signerInfo: SignerInfo): Certificate | undefined {
  return certificatesOf(signedData).find((certificate) => identifiesCertificate(signerInfo.sid, certificate));
}

/** What the signature may cover: DER first, then the attributes as an encoder that did not sort them sent them. */
async function signedForms(
  signedData: SignedData,
  signerInfo: SignerInfo,
  engine: CryptoEngine,
  detached: Uint8Array | undefined,
): Promise<Uint8Array[]> {
  const { eContentType, eContent } = signedData.encapContentInfo;
  const content = detached ?? eContent;
  if (!content) throw hresult('CRYPT_E_BAD_MSG', 'The signature is detached and its content is not at hand.');
  const { signedAttrs } = signerInfo;
  if (!signedAttrs) {
    // RFC 5652 §5.3: without attributes only where the content is plain data.
    if (eContentType !== id_data) throw attributeMissing('signed attributes');
    return [content];
  }
  await checkContent(signedAttrs, eContentType, content, knownDigest(signerInfo.digestAlgorithm), engine);
  const sorted = encodeAttributesForSigning(signedAttrs);
  const sent = encodeAttributesInOrder(signedAttrs);
  return isSameBytes(sorted, sent) ? [sorted] : [sorted, sent];
}

async function checkContent(
  signedAttrs: readonly Attribute[],
  eContentType: string,
  content: Uint8Array,
  digest: ReturnType<typeof knownDigest>,
  engine: CryptoEngine,
): Promise<void> {
  const contentType = singleAttributeValue(signedAttrs, id_contentType);
  if (!contentType || decodeWhole(contentType, (reader) => reader.oid()) !== eContentType) {
    throw attributeMissing('contentType');
  }
  const pledged = octetStringAttribute(signedAttrs, id_messageDigest);
  if (!pledged) throw attributeMissing('messageDigest');
  if (!isSameBytes(pledged, await engine.digest(digest, content))) {
    throw hresult('CRYPT_E_HASH_VALUE', 'The content is not the one that was signed.');
  }
}

function attributeMissing(what: string) {
  return hresult('CRYPT_E_AUTH_ATTR_MISSING', `The signer has no fitting ${what}.`);
}

function knownDigest({ algorithm }: AlgorithmIdentifier) {
  const digest = digestOfOid(algorithm);
  if (!digest) throw hresult('NTE_BAD_ALGID', `Digest algorithm ${algorithm}.`);
  return digest;
}
