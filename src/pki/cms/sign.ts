import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '../asn1/bytes.ts';
import { octetString, oid } from '../asn1/der-writer.ts';
import { id_contentType, id_data, id_messageDigest } from '../asn1/oid-table.ts';
import { TAG } from '../asn1/tag.ts';
import { type AlgorithmIdentifier, algorithmIdentifierOf, algorithmWithNull } from '../crypto/algorithm-identifier.ts';
import { digestOid } from '../crypto/digest-algorithm.ts';
import type { CryptoEngine, DigestAlgorithm, SignatureScheme, Signer } from '../crypto/engine.ts';
import { OID_RSA_ENCRYPTION } from '../crypto/public-key.ts';
import { signatureAlgorithm } from '../crypto/signature-algorithm.ts';
import { type Attribute, attributeOf, encodeAttributesForSigning, sortAttributes } from './attribute.ts';
import { encodeSignedData, type SignedData, type SignerInfo } from './signed-data.ts';
import type { SignerIdentifier } from './signer-identifier.ts';

export interface SignatureRequest {
  readonly signer: Signer;
  readonly sid: SignerIdentifier;
  readonly scheme: SignatureScheme;
  /** Beside contentType and messageDigest, which are always there. */
  readonly signedAttributes?: readonly Attribute[] | undefined;
  readonly unsignedAttributes?: readonly Attribute[] | undefined;
  /**
   * Name PKCS #1 v1.5 signatures rsaEncryption, as Windows and OpenSSL do (RFC 3370 §3.2 allows both). True unless said
   * otherwise.
   */
  readonly rsaEncryptionOid?: boolean | undefined;
}

export interface SignDataRequest {
  readonly eContentType: string;
  readonly eContent: Uint8Array;
  /** Leaves the content out of the message (RFC 5652 §5.2, external signatures). */
  readonly detached?: boolean | undefined;
  readonly signers: readonly SignatureRequest[];
  /** The DER of each certificate, in the order in which they are to stand. */
  readonly certificates?: readonly Uint8Array[] | undefined;
  readonly crls?: readonly Uint8Array[] | undefined;
  readonly engine: CryptoEngine;
}

/** DER ContentInfo with a SignedData. Errors are those of the signers. */
export async function signData(request: SignDataRequest): Promise<Uint8Array> {
  const { eContentType, eContent, signers, certificates, crls } = request;
  const signerInfos: SignerInfo[] = [];
  for (const one of signers) signerInfos.push(await signerInfoOf(request, one));
  const digests = [...new Set(signers.map(({ scheme }) => scheme.digest))];
  const unversioned: SignedData = {
    version: 1,
    digestAlgorithms: digests.map(digestAlgorithmOf),
    encapContentInfo: { eContentType, eContent: request.detached ? undefined : eContent },
    certificates: nonEmpty(certificates),
    crls: nonEmpty(crls),
    signerInfos,
  };
  return encodeSignedData({ ...unversioned, version: signedDataVersion(unversioned) });
}

/**
 * DER ContentInfo of the same message with one signature more, behind those that are there, and with certificates that are
 * not in it yet. Throws CRYPT_E_BAD_MSG for a message without content.
 */
export async function addSignature(
  signedData: SignedData,
  signature: SignatureRequest,
  certificates: readonly Uint8Array[],
  engine: CryptoEngine,
): Promise<Uint8Array> {
  const { eContentType, eContent } = signedData.encapContentInfo;
  if (!eContent) throw hresult('CRYPT_E_BAD_MSG', 'The message to be signed has no content.');
  const signerInfo = await signerInfoOf({ eContentType, eContent, engine }, signature);
  const { digestAlgorithms } = signedData;
  const isListed = digestAlgorithms.some(({ algorithm }) => algorithm === signerInfo.digestAlgorithm.algorithm);
  const present = signedData.certificates ?? [];
  const unversioned: SignedData = {
    ...signedData,
    digestAlgorithms: isListed ? digestAlgorithms : [...digestAlgorithms, signerInfo.digestAlgorithm],
    certificates: nonEmpty([
      ...present,
      ...certificates.filter((one) => !present.some((other) => isSameBytes(one, other))),
    ]),
    signerInfos: [...signedData.signerInfos, signerInfo],
  };
  return encodeSignedData({ ...unversioned, version: Math.max(signedData.version, signedDataVersion(unversioned)) });
}

function nonEmpty(members: readonly Uint8Array[] | undefined): readonly Uint8Array[] | undefined {
  return members?.length ? members : undefined;
}

/** RFC 5652 §5.1. */
export function signedDataVersion(value: SignedData): number {
  const certificateTags = (value.certificates ?? []).map((raw) => raw[0]! & 0x1f);
  const isChoice = (raw: Uint8Array) => raw[0] !== TAG.SEQUENCE;
  const choices = (value.certificates ?? []).filter(isChoice).length > 0 ? certificateTags : [];
  if (choices.includes(3) || value.crls?.some(isChoice)) return 5;
  if (choices.includes(2)) return 4;
  const isNewer = choices.includes(1) || value.signerInfos.some(({ version }) => version === 3);
  return isNewer || value.encapContentInfo.eContentType !== id_data ? 3 : 1;
}

async function signerInfoOf(
  request: Pick<SignDataRequest, 'eContentType' | 'eContent' | 'engine'>,
  one: SignatureRequest,
): Promise<SignerInfo> {
  const { scheme, sid, signer } = one;
  const messageDigest = await request.engine.digest(scheme.digest, request.eContent);
  const signedAttrs = sortAttributes([
    attributeOf(id_contentType, oid(request.eContentType)),
    attributeOf(id_messageDigest, octetString(messageDigest)),
    ...(one.signedAttributes ?? []),
  ]);
  const signature = await signer.sign(scheme, encodeAttributesForSigning(signedAttrs));
  const useRsaEncryption = scheme.name === 'rsa-pkcs1' && (one.rsaEncryptionOid ?? true);
  return {
    version: 'issuerAndSerialNumber' in sid ? 1 : 3,
    sid,
    digestAlgorithm: digestAlgorithmOf(scheme.digest),
    signedAttrs,
    signatureAlgorithm: algorithmIdentifierOf(
      useRsaEncryption ? algorithmWithNull(OID_RSA_ENCRYPTION) : signatureAlgorithm(scheme),
    ),
    signature,
    unsignedAttrs: one.unsignedAttributes?.length ? sortAttributes(one.unsignedAttributes) : undefined,
  };
}

/** With NULL, as Windows writes it; RFC 5754 §2 would leave the parameters out and has both forms read. */
function digestAlgorithmOf(digest: DigestAlgorithm): AlgorithmIdentifier {
  return algorithmIdentifierOf(algorithmWithNull(digestOid(digest)));
}
