import { Asn1Error } from '../asn1/asn1-error.ts';
import { decodeWhole } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { encodeDer, encodeHeader, explicit, integer, time } from '../asn1/der-writer.ts';
import { TAG } from '../asn1/tag.ts';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../crypto/algorithm-identifier.ts';
import type { CryptoEngine, SignatureScheme, Signer } from '../crypto/engine.ts';
import type { SubjectPublicKeyInfo } from '../crypto/public-key.ts';
import { signatureAlgorithm } from '../crypto/signature-algorithm.ts';
import { type Extension, encodeExtensions, readExtensions } from './extension.ts';
import { type Name, readName } from './name.ts';
import { type RevokedCertificate, RevokedCertificates, RevokedCertificatesBuffer } from './revoked-certificates.ts';
import { assembleSigned, decodeSigned, isSameAlgorithm, sign, signedChunks, verifySigned } from './signed.ts';

/**
 * `CertificateList`, RFC 5280 §5.1.
 *
 * ```asn1
 * CertificateList ::= SEQUENCE {
 *   tbsCertList TBSCertList, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
 * TBSCertList ::= SEQUENCE {
 *   version Version OPTIONAL, signature AlgorithmIdentifier, issuer Name, thisUpdate Time, nextUpdate Time OPTIONAL,
 *   revokedCertificates SEQUENCE OF SEQUENCE {
 *     userCertificate CertificateSerialNumber, revocationDate Time, crlEntryExtensions Extensions OPTIONAL } OPTIONAL,
 *   crlExtensions [0] EXPLICIT Extensions OPTIONAL }
 * ```
 */
export interface CertificateList {
  /** The whole DER. */
  readonly raw: Uint8Array;
  readonly tbsCertList: TBSCertList;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signatureValue: Uint8Array;
}

export interface TBSCertList {
  /** What is signed. */
  readonly raw: Uint8Array;
  /** As people count: 2 is v2(1). */
  readonly version: 1 | 2;
  readonly signature: AlgorithmIdentifier;
  readonly issuer: Name;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  readonly revokedCertificates: RevokedCertificates;
  /** Empty where the list has none. */
  readonly crlExtensions: readonly Extension[];
}

/** Throws Asn1Error. The entries are checked when they are read. */
export function decodeCertificateList(der: Uint8Array): CertificateList {
  const { raw, toBeSigned, signatureAlgorithm, signatureValue } = decodeSigned(der, readTbsCertList);
  return { raw, tbsCertList: toBeSigned, signatureAlgorithm, signatureValue };
}

/** A CRL before it is signed. Throws Asn1Error. */
export function decodeTbsCertList(der: Uint8Array): TBSCertList {
  return decodeWhole(der, readTbsCertList);
}

function readTbsCertList(reader: DerReader): TBSCertList {
  const start = reader.offset;
  const fields = reader.sequence();
  const version = readVersion(fields);
  const signature = readAlgorithmIdentifier(fields);
  const issuer = readName(fields);
  const thisUpdate = fields.time();
  const nextTag = fields.peek();
  const nextUpdate = nextTag === TAG.UTC_TIME || nextTag === TAG.GENERALIZED_TIME ? fields.time() : undefined;
  const entries = fields.peek() === TAG.SEQUENCE ? fields.sequence() : undefined;
  const extensionsField = fields.optionalExplicit(0);
  const crlExtensions = extensionsField ? readExtensions(extensionsField) : [];
  extensionsField?.finish();
  fields.finish();
  return {
    raw: reader.bytes.subarray(start, reader.offset),
    version,
    signature,
    issuer,
    thisUpdate,
    nextUpdate,
    revokedCertificates: new RevokedCertificates(reader.bytes, entries?.offset ?? 0, entries?.end ?? 0),
    crlExtensions,
  };
}

function readVersion(fields: DerReader): 1 | 2 {
  if (fields.peek() !== TAG.INTEGER) return 1;
  const at = fields.offset;
  const version = fields.smallInteger();
  if (version === 1) return 2;
  // RFC 5280 §5.1.2.1 has no encoded v1; X.509 allows it.
  if (version === 0) return 1;
  throw new Asn1Error('CRYPT_E_ASN1_CONSTRAINT', at, 'CRL version neither 1 nor 2');
}

/** Everything that a CRL says, before it is signed. Always version 2. */
export interface TBSCertListPlan {
  readonly signature: SignatureScheme;
  readonly issuer: Name;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Read once. A buffer takes rows that come asynchronously. */
  readonly revokedCertificates: Iterable<RevokedCertificate> | RevokedCertificatesBuffer;
  readonly crlExtensions: readonly Extension[];
}

/** DER TBSCertList in pieces: the entries are encoded first, so that every length is known before the first byte. */
export function* tbsCertListChunks(plan: TBSCertListPlan): Generator<Uint8Array> {
  const entries = bufferOf(plan.revokedCertificates);
  const head = [
    encodeDer(integer(1)),
    encodeDer(signatureAlgorithm(plan.signature)),
    plan.issuer.raw,
    encodeDer(time(plan.thisUpdate)),
    encodeDer(time(plan.nextUpdate)),
  ];
  // RFC 5280 §5.1.2.6: where nothing is revoked the list is absent.
  if (entries.length > 0) head.push(encodeHeader(TAG.SEQUENCE, entries.length));
  const tail = plan.crlExtensions.length > 0 ? [encodeDer(explicit(0, encodeExtensions(plan.crlExtensions)))] : [];
  const length = [...head, ...tail].reduce((sum, chunk) => sum + chunk.length, entries.length);
  yield encodeHeader(TAG.SEQUENCE, length);
  yield* head;
  yield* entries.chunks();
  yield* tail;
}

function bufferOf(entries: TBSCertListPlan['revokedCertificates']): RevokedCertificatesBuffer {
  if (entries instanceof RevokedCertificatesBuffer) return entries;
  const buffer = new RevokedCertificatesBuffer();
  for (const entry of entries) buffer.add(entry);
  return buffer;
}

/** DER TBSCertList. */
export function buildTbsCertList(plan: TBSCertListPlan): Uint8Array {
  const chunks = [...tbsCertListChunks(plan)];
  const out = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

/** DER CertificateList from its parts; nothing is checked. */
export function assembleCertificateList(tbs: Uint8Array, scheme: SignatureScheme, signature: Uint8Array): Uint8Array {
  return assembleSigned(tbs, scheme, signature);
}

/** The same in pieces, for a list that is written to a file and need not stand in memory twice. */
export function certificateListChunks(
  tbs: Uint8Array,
  scheme: SignatureScheme,
  signature: Uint8Array,
): Generator<Uint8Array> {
  return signedChunks(tbs, scheme, signature);
}

/** DER CertificateList. `scheme` is the one that `tbs` names. */
export function signCertificateList(tbs: Uint8Array, scheme: SignatureScheme, signer: Signer): Promise<Uint8Array> {
  return sign(tbs, scheme, signer);
}

/**
 * True where the signature is good under this key and the two algorithm fields agree (RFC 5280 §5.1.1.2).
 * Throws NTE_BAD_ALGID or NTE_BAD_KEY where the signature cannot be tried.
 */
export async function isCertificateListSignedBy(
  list: CertificateList,
  issuerPublicKey: SubjectPublicKeyInfo | Uint8Array,
  engine: CryptoEngine,
): Promise<boolean> {
  const { tbsCertList, signatureAlgorithm, signatureValue } = list;
  if (!isSameAlgorithm(tbsCertList.signature, signatureAlgorithm)) return false;
  const key = issuerPublicKey instanceof Uint8Array ? issuerPublicKey : issuerPublicKey.raw;
  return verifySigned(tbsCertList.raw, signatureAlgorithm, signatureValue, key, engine);
}
