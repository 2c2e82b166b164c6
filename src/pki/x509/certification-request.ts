import { isSameBytes } from '../asn1/bytes.ts';
import { decodeWhole, readAll } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { encodeDer, integer, sequence, setOf } from '../asn1/der-writer.ts';
import { extensionRequest as id_extensionRequest, szOID_CERT_EXTENSIONS } from '../asn1/oid-table.ts';
import { contextConstructed } from '../asn1/tag.ts';
import type { AlgorithmIdentifier } from '../crypto/algorithm-identifier.ts';
import { digestOfOid } from '../crypto/digest-algorithm.ts';
import type { CryptoEngine, SignatureScheme, Signer } from '../crypto/engine.ts';
import { readSubjectPublicKeyInfo, type SubjectPublicKeyInfo } from '../crypto/public-key.ts';
import { type Attribute, attribute, readAttribute } from './attribute.ts';
import { type Extension, encodeExtensions, readExtensions } from './extension.ts';
import { type Name, readName } from './name.ts';
import { decodeSigned, sign, verifySigned } from './signed.ts';

/**
 * `CertificationRequest` (PKCS #10), RFC 2986 §4.
 *
 * ```asn1
 * CertificationRequest ::= SEQUENCE {
 *   certificationRequestInfo CertificationRequestInfo, signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
 * CertificationRequestInfo ::= SEQUENCE {
 *   version INTEGER { v1(0) }, subject Name, subjectPKInfo SubjectPublicKeyInfo, attributes [0] Attributes }
 * Attributes ::= SET OF Attribute
 * ```
 */
export interface CertificationRequest {
  /** The whole DER. */
  readonly raw: Uint8Array;
  readonly certificationRequestInfo: CertificationRequestInfo;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

export interface CertificationRequestInfo {
  /** What is signed. */
  readonly raw: Uint8Array;
  /** As encoded: 0 is v1; other numbers are not refused here, clients of old wrote them. */
  readonly version: number;
  readonly subject: Name;
  readonly subjectPKInfo: SubjectPublicKeyInfo;
  /** In the order of the encoding. */
  readonly attributes: readonly Attribute[];
}

/** Throws Asn1Error. The signature is not checked. */
export function decodeCertificationRequest(der: Uint8Array): CertificationRequest {
  const { raw, toBeSigned, signatureAlgorithm, signatureValue } = decodeSigned(der, readCertificationRequestInfo);
  return { raw, certificationRequestInfo: toBeSigned, signatureAlgorithm, signature: signatureValue };
}

function readCertificationRequestInfo(reader: DerReader): CertificationRequestInfo {
  const start = reader.offset;
  const fields = reader.sequence();
  const version = fields.smallInteger();
  const subject = readName(fields);
  const subjectPKInfo = readSubjectPublicKeyInfo(fields);
  // Some clients leave out the empty set that RFC 2986 asks for.
  const attributes = fields.atEnd ? [] : readAll(fields.constructed(contextConstructed(0)), readAttribute);
  fields.finish();
  return { raw: reader.bytes.subarray(start, reader.offset), version, subject, subjectPKInfo, attributes };
}

export interface CertificationRequestInfoPlan {
  readonly subject: Name;
  /** DER SubjectPublicKeyInfo. */
  readonly subjectPKInfo: Uint8Array;
  /** Written in DER's order of a SET OF, whatever theirs. */
  readonly attributes: readonly Attribute[];
}

/** DER CertificationRequestInfo. */
export function buildCertificationRequestInfo(plan: CertificationRequestInfoPlan): Uint8Array {
  const attributes = setOf(plan.attributes.map((each) => each.raw));
  return encodeDer(
    sequence(integer(0), plan.subject.raw, plan.subjectPKInfo, { ...attributes, tag: contextConstructed(0) }),
  );
}

/** DER CertificationRequest, signed by the key it asks a certificate for. */
export function signCertificationRequest(
  info: Uint8Array,
  scheme: SignatureScheme,
  signer: Signer,
): Promise<Uint8Array> {
  return sign(info, scheme, signer);
}

/** The attribute that asks for these extensions: PKCS #9's, unless told to write Microsoft's older szOID_CERT_EXTENSIONS. */
export function extensionRequest(extensions: readonly Extension[], type: string = id_extensionRequest): Attribute {
  return attribute(type, [encodeExtensions(extensions)]);
}

/**
 * The extensions that the request asks for, in attributes of RFC 2985 §5.4.2 or MS-WCCE 2.2.2.7.7. One named twice counts as it stands
 * first, PKCS #9's attribute before Microsoft's (an assumption: MS-WCCE does not say). Throws Asn1Error.
 */
export function requestedExtensions(request: CertificationRequest): Extension[] {
  const found = new Map<string, Extension>();
  for (const type of [id_extensionRequest, szOID_CERT_EXTENSIONS]) {
    for (const candidate of request.certificationRequestInfo.attributes) {
      if (candidate.type !== type) continue;
      for (const value of candidate.values) {
        for (const extension of decodeWhole(value, readExtensions)) {
          if (!found.has(extension.extnID)) found.set(extension.extnID, extension);
        }
      }
    }
  }
  return [...found.values()];
}

/**
 * True where the key of the request made its signature: proof that the sender holds it (RFC 2986 §3). False for a
 * null-signed request. Throws NTE_BAD_ALGID or NTE_BAD_KEY where the signature cannot be tried.
 */
export async function isSignedByOwnKey(request: CertificationRequest, engine: CryptoEngine): Promise<boolean> {
  const { certificationRequestInfo: info, signatureAlgorithm, signature } = request;
  if (digestOfOid(signatureAlgorithm.algorithm)) return false;
  return verifySigned(info.raw, signatureAlgorithm, signature, info.subjectPKInfo.raw, engine);
}

/**
 * True for Microsoft's null signature: the algorithm is a bare digest and the signature is that digest of the
 * CertificationRequestInfo. It proves nothing about the key; legal only inside CMC (MS-WCCE 2.2.2.6.5).
 */
export async function isNullSigned(request: CertificationRequest, engine: CryptoEngine): Promise<boolean> {
  const digest = digestOfOid(request.signatureAlgorithm.algorithm);
  if (digest === undefined) return false;
  return isSameBytes(await engine.digest(digest, request.certificationRequestInfo.raw), request.signature);
}
