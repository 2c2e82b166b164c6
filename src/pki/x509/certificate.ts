import { Asn1Error } from '../asn1/asn1-error.ts';
import { decodeWhole } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { encodeDer, explicit, integer, sequence, time } from '../asn1/der-writer.ts';
import { contextPrimitive } from '../asn1/tag.ts';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../crypto/algorithm-identifier.ts';
import type { CryptoEngine, SignatureScheme, Signer } from '../crypto/engine.ts';
import { readSubjectPublicKeyInfo, type SubjectPublicKeyInfo } from '../crypto/public-key.ts';
import { signatureAlgorithm } from '../crypto/signature-algorithm.ts';
import { type Extension, encodeExtensions, readExtensions } from './extension.ts';
import { isSameName, type Name, readName } from './name.ts';
import { assembleSigned, decodeSigned, isSameAlgorithm, sign, verifySigned } from './signed.ts';

/**
 * `Certificate`, RFC 5280 §4.1.
 *
 * ```asn1
 * Certificate ::= SEQUENCE {
 *   tbsCertificate TBSCertificate, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
 * TBSCertificate ::= SEQUENCE {
 *   version [0] EXPLICIT Version DEFAULT v1, serialNumber INTEGER, signature AlgorithmIdentifier, issuer Name,
 *   validity Validity, subject Name, subjectPublicKeyInfo SubjectPublicKeyInfo,
 *   issuerUniqueID [1] IMPLICIT BIT STRING OPTIONAL, subjectUniqueID [2] IMPLICIT BIT STRING OPTIONAL,
 *   extensions [3] EXPLICIT Extensions OPTIONAL }
 * ```
 */
export interface Certificate {
  /** The whole DER. */
  readonly raw: Uint8Array;
  readonly tbsCertificate: TBSCertificate;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signatureValue: Uint8Array;
}

export interface TBSCertificate {
  /** What is signed. */
  readonly raw: Uint8Array;
  /** As people count: 3 is v3(2). */
  readonly version: 1 | 2 | 3;
  /** Content octets of the INTEGER, see formatSerial. */
  readonly serialNumber: Uint8Array;
  readonly signature: AlgorithmIdentifier;
  readonly issuer: Name;
  readonly validity: Validity;
  readonly subject: Name;
  readonly subjectPublicKeyInfo: SubjectPublicKeyInfo;
  /** Content octets of the BIT STRING, its count of unused bits first. */
  readonly issuerUniqueID: Uint8Array | undefined;
  readonly subjectUniqueID: Uint8Array | undefined;
  /** Empty where the certificate has none. */
  readonly extensions: readonly Extension[];
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Throws Asn1Error. The bytes are not copied. */
export function decodeCertificate(der: Uint8Array): Certificate {
  const { raw, toBeSigned, signatureAlgorithm, signatureValue } = decodeSigned(der, readTbsCertificate);
  return { raw, tbsCertificate: toBeSigned, signatureAlgorithm, signatureValue };
}

/** A certificate before it is signed, or without its signature. Throws Asn1Error. */
export function decodeTbsCertificate(der: Uint8Array): TBSCertificate {
  return decodeWhole(der, readTbsCertificate);
}

function readTbsCertificate(reader: DerReader): TBSCertificate {
  const start = reader.offset;
  const fields = reader.sequence();
  const version = readVersion(fields);
  const serialNumber = fields.integerBytes();
  const signature = readAlgorithmIdentifier(fields);
  const issuer = readName(fields);
  const validity = readValidity(fields);
  const subject = readName(fields);
  const subjectPublicKeyInfo = readSubjectPublicKeyInfo(fields);
  const issuerUniqueID = readUniqueIdentifier(fields, 1);
  const subjectUniqueID = readUniqueIdentifier(fields, 2);
  const extensionsField = fields.optionalExplicit(3);
  const extensions = extensionsField ? readExtensions(extensionsField) : [];
  extensionsField?.finish();
  fields.finish();
  return {
    raw: reader.bytes.subarray(start, reader.offset),
    version,
    serialNumber,
    signature,
    issuer,
    validity,
    subject,
    subjectPublicKeyInfo,
    issuerUniqueID,
    subjectUniqueID,
    extensions,
  };
}

function readVersion(fields: DerReader): 1 | 2 | 3 {
  const field = fields.optionalExplicit(0);
  if (!field) return 1;
  const at = field.offset;
  const version = field.smallInteger();
  field.finish();
  if (version === 0) return 1;
  if (version === 1) return 2;
  if (version === 2) return 3;
  throw new Asn1Error('CRYPT_E_ASN1_CONSTRAINT', at, 'Certificate version neither 1, 2 nor 3');
}

function readValidity(reader: DerReader): Validity {
  const fields = reader.sequence();
  const notBefore = fields.time();
  const notAfter = fields.time();
  fields.finish();
  return { notBefore, notAfter };
}

function readUniqueIdentifier(fields: DerReader, n: number): Uint8Array | undefined {
  return fields.peek() === contextPrimitive(n) ? fields.content(contextPrimitive(n)) : undefined;
}

/** Everything that a certificate says, before it is signed. */
export interface TBSCertificatePlan {
  /** Content octets of a positive INTEGER, see positiveSerial. */
  readonly serialNumber: Uint8Array;
  readonly signature: SignatureScheme;
  readonly issuer: Name;
  readonly validity: Validity;
  readonly subject: Name;
  /** DER SubjectPublicKeyInfo. */
  readonly subjectPublicKeyInfo: Uint8Array;
  /** In the order in which they are to stand; none makes a version 1 certificate. */
  readonly extensions: readonly Extension[];
}

/** DER TBSCertificate. Unique identifiers are not written (RFC 5280 §4.1.2.8). */
export function buildTbsCertificate(plan: TBSCertificatePlan): Uint8Array {
  const hasExtensions = plan.extensions.length > 0;
  return encodeDer(
    sequence(
      hasExtensions ? explicit(0, integer(2)) : undefined,
      integer(plan.serialNumber),
      signatureAlgorithm(plan.signature),
      plan.issuer.raw,
      sequence(time(plan.validity.notBefore), time(plan.validity.notAfter)),
      plan.subject.raw,
      plan.subjectPublicKeyInfo,
      hasExtensions ? explicit(3, encodeExtensions(plan.extensions)) : undefined,
    ),
  );
}

/** DER Certificate from its parts; nothing is checked. */
export function assembleCertificate(tbs: Uint8Array, scheme: SignatureScheme, signature: Uint8Array): Uint8Array {
  return assembleSigned(tbs, scheme, signature);
}

/** DER Certificate. `scheme` is the one that `tbs` names. */
export function signCertificate(tbs: Uint8Array, scheme: SignatureScheme, signer: Signer): Promise<Uint8Array> {
  return sign(tbs, scheme, signer);
}

/**
 * True where the signature is good under this key and the two algorithm fields agree (RFC 5280 §4.1.1.2).
 * Throws NTE_BAD_ALGID or NTE_BAD_KEY where the signature cannot be tried.
 */
export async function isSignedBy(
  certificate: Certificate,
  issuerPublicKey: SubjectPublicKeyInfo | Uint8Array,
  engine: CryptoEngine,
): Promise<boolean> {
  const { tbsCertificate, signatureAlgorithm, signatureValue } = certificate;
  if (!isSameAlgorithm(tbsCertificate.signature, signatureAlgorithm)) return false;
  const key = issuerPublicKey instanceof Uint8Array ? issuerPublicKey : issuerPublicKey.raw;
  return verifySigned(tbsCertificate.raw, signatureAlgorithm, signatureValue, key, engine);
}

/** Subject and issuer are the same name (RFC 5280 §3.2); says nothing of the signature. */
export function isSelfIssued(certificate: Certificate): boolean {
  return isSameName(certificate.tbsCertificate.subject, certificate.tbsCertificate.issuer);
}

/** SHA-1 over the whole certificate, which Windows uses to name one: certutil's `Cert Hash(sha1)`. */
export function thumbprint(certificate: Certificate, engine: CryptoEngine): Promise<Uint8Array> {
  return engine.digest('sha1', certificate.raw);
}
