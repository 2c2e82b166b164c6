import { hresult } from '#hresult/hresult-error';
import { decodeWhole, readAll } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { szOID_CTL } from '../asn1/oid-table.ts';
import { TAG } from '../asn1/tag.ts';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../crypto/algorithm-identifier.ts';
import { type Extension, readExtensions } from '../x509/extension.ts';
import { decodeSignedData, type SignedData } from './signed-data.ts';

/**
 * A certificate trust list: a SignedData of the content type szOID_CTL. The members are those of CTL_INFO of wincrypt.h.
 *
 * ```asn1
 * CertificateTrustList ::= SEQUENCE {
 *   version INTEGER DEFAULT 0, subjectUsage SEQUENCE OF OBJECT IDENTIFIER, listIdentifier OCTET STRING OPTIONAL,
 *   sequenceNumber INTEGER OPTIONAL, ctlThisUpdate Time, ctlNextUpdate Time OPTIONAL, subjectAlgorithm AlgorithmIdentifier,
 *   trustedSubjects SEQUENCE OF SEQUENCE {
 *     subjectIdentifier OCTET STRING, subjectAttributes SET OF Attribute OPTIONAL } OPTIONAL,
 *   ctlExtensions [0] EXPLICIT Extensions OPTIONAL }
 * ```
 */
export interface CertificateTrustList {
  /** The whole message. */
  readonly raw: Uint8Array;
  readonly signedData: SignedData;
  readonly subjectUsage: readonly string[];
  readonly listIdentifier: Uint8Array | undefined;
  readonly sequenceNumber: Uint8Array | undefined;
  readonly ctlThisUpdate: Date;
  readonly ctlNextUpdate: Date | undefined;
  readonly subjectAlgorithm: AlgorithmIdentifier;
  /** The subjectIdentifier of each: a hash by subjectAlgorithm. */
  readonly trustedSubjects: readonly Uint8Array[];
  readonly ctlExtensions: readonly Extension[];
}

/** Throws CRYPT_E_INVALID_MSG_TYPE for another message, Asn1Error. */
export function decodeCertificateTrustList(bytes: Uint8Array): CertificateTrustList {
  const signedData = decodeSignedData(bytes);
  const { eContentType, eContent, pkcs7Content } = signedData.encapContentInfo;
  // Windows writes it as PKCS #7 does, without an OCTET STRING around it.
  const content = pkcs7Content ?? eContent;
  if (eContentType !== szOID_CTL || content === undefined) {
    throw hresult('CRYPT_E_INVALID_MSG_TYPE', 'The message is no certificate trust list.');
  }
  return { raw: bytes, signedData, ...decodeWhole(content, readTrustList) };
}

function readTrustList(reader: DerReader): Omit<CertificateTrustList, 'raw' | 'signedData'> {
  const fields = reader.sequence();
  if (fields.peek() === TAG.INTEGER) fields.skip();
  const subjectUsage = readAll(fields.sequence(), (usages) => usages.oid());
  const listIdentifier = fields.peek() === TAG.OCTET_STRING ? fields.octetString() : undefined;
  const sequenceNumber = fields.peek() === TAG.INTEGER ? fields.integerBytes() : undefined;
  const ctlThisUpdate = fields.time();
  const ctlNextUpdate = isTime(fields) ? fields.time() : undefined;
  const subjectAlgorithm = readAlgorithmIdentifier(fields);
  const trustedSubjects = fields.peek() === TAG.SEQUENCE ? readAll(fields.sequence(), readSubject) : [];
  const extensionsField = fields.optionalExplicit(0);
  const ctlExtensions = extensionsField ? readExtensions(extensionsField) : [];
  extensionsField?.finish();
  fields.finish();
  return {
    subjectUsage,
    listIdentifier,
    sequenceNumber,
    ctlThisUpdate,
    ctlNextUpdate,
    subjectAlgorithm,
    trustedSubjects,
    ctlExtensions,
  };
}

function isTime(fields: DerReader): boolean {
  return fields.peek() === TAG.UTC_TIME || fields.peek() === TAG.GENERALIZED_TIME;
}

function readSubject(subjects: DerReader): Uint8Array {
  const subject = subjects.sequence();
  const identifier = subject.octetString();
  if (!subject.atEnd) subject.skip();
  subject.finish();
  return identifier;
}
