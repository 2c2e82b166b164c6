import { hresult } from '#hresult/hresult-error';
import { decodeWhole, readAll } from '../asn1/decode-whole.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { type DerNode, explicit, integer, octetString, oid, sequence, setInOrder } from '../asn1/der-writer.ts';
import { id_signedData } from '../asn1/oid-table.ts';
import { TAG } from '../asn1/tag.ts';
import {
  type AlgorithmIdentifier,
  algorithmIdentifier,
  readAlgorithmIdentifier,
} from '../crypto/algorithm-identifier.ts';
import { type Attribute, implicitAttributes, readImplicitAttributes } from './attribute.ts';
import { implicitSet, readImplicitSet } from './certificate-set.ts';
import { decodeContentInfo, encodeContentInfo } from './content-info.ts';
import { readSignerIdentifier, type SignerIdentifier, signerIdentifier } from './signer-identifier.ts';

/** RFC 5652 §5.2. */
export interface EncapsulatedContentInfo {
  readonly eContentType: string;
  /** What is digested: the octets of the OCTET STRING, or of a PKCS #7 content without its header (§5.2.1). */
  readonly eContent: Uint8Array | undefined;
  /** The whole TLV where PKCS #7 v1.5 put another type than OCTET STRING into `[0]`; undefined in CMS proper. */
  readonly pkcs7Content?: Uint8Array | undefined;
}

/** RFC 5652 §5.3. */
export interface SignerInfo {
  readonly version: number;
  readonly sid: SignerIdentifier;
  readonly digestAlgorithm: AlgorithmIdentifier;
  readonly signedAttrs: readonly Attribute[] | undefined;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  readonly unsignedAttrs: readonly Attribute[] | undefined;
}

/**
 * `SignedData`, RFC 5652 §5.1. Sets keep the order of the message, so that encoding again gives the same bytes.
 *
 * ```asn1
 * SignedData ::= SEQUENCE {
 *   version CMSVersion, digestAlgorithms SET OF DigestAlgorithmIdentifier, encapContentInfo EncapsulatedContentInfo,
 *   certificates [0] IMPLICIT CertificateSet OPTIONAL, crls [1] IMPLICIT RevocationInfoChoices OPTIONAL,
 *   signerInfos SET OF SignerInfo }
 * ```
 */
export interface SignedData {
  readonly version: number;
  readonly digestAlgorithms: readonly AlgorithmIdentifier[];
  readonly encapContentInfo: EncapsulatedContentInfo;
  /** The DER of each certificate. */
  readonly certificates: readonly Uint8Array[] | undefined;
  /** The DER of each CRL or other revocation information. */
  readonly crls: readonly Uint8Array[] | undefined;
  readonly signerInfos: readonly SignerInfo[];
}

/** A SignedData inside its ContentInfo, DER or BER. Throws CRYPT_E_INVALID_MSG_TYPE for another content, Asn1Error. */
export function decodeSignedData(contentInfo: Uint8Array): SignedData {
  const { contentType, content } = decodeContentInfo(contentInfo);
  if (contentType !== id_signedData) {
    throw hresult('CRYPT_E_INVALID_MSG_TYPE', `The content is ${contentType}, signed data is expected.`);
  }
  return decodeWhole(content, readSignedData);
}

/** The ContentInfo. */
export function encodeSignedData(value: SignedData): Uint8Array {
  return encodeContentInfo(id_signedData, signedData(value));
}

export function readSignedData(reader: DerReader): SignedData {
  const fields = reader.sequence();
  const version = fields.smallInteger();
  const digestAlgorithms = readAll(fields.set(), readAlgorithmIdentifier);
  const encapContentInfo = readEncapsulatedContentInfo(fields);
  const certificates = readImplicitSet(fields, 0);
  const crls = readImplicitSet(fields, 1);
  const signerInfos = readAll(fields.set(), readSignerInfo);
  fields.finish();
  return { version, digestAlgorithms, encapContentInfo, certificates, crls, signerInfos };
}

export function signedData(value: SignedData): DerNode {
  return sequence(
    integer(value.version),
    setInOrder(value.digestAlgorithms.map(algorithmIdentifier)),
    encapsulatedContentInfo(value.encapContentInfo),
    implicitSet(0, value.certificates),
    implicitSet(1, value.crls),
    setInOrder(value.signerInfos.map(signerInfo)),
  );
}

function readEncapsulatedContentInfo(reader: DerReader): EncapsulatedContentInfo {
  const fields = reader.sequence();
  const eContentType = fields.oid();
  const wrapper = fields.optionalExplicit(0);
  fields.finish();
  if (!wrapper) return { eContentType, eContent: undefined };
  if (wrapper.peek() === TAG.OCTET_STRING) {
    const eContent = wrapper.octetString();
    wrapper.finish();
    return { eContentType, eContent };
  }
  const start = wrapper.offset;
  const pkcs7Content = wrapper.element();
  wrapper.finish();
  return { eContentType, eContent: contentOctets(wrapper, start), pkcs7Content };
}

function contentOctets(reader: DerReader, start: number): Uint8Array {
  const again = new DerReader(reader.bytes, start, reader.end);
  return again.content(again.peek());
}

function encapsulatedContentInfo(value: EncapsulatedContentInfo): DerNode {
  const content = value.pkcs7Content ?? (value.eContent && octetString(value.eContent));
  return sequence(oid(value.eContentType), content && explicit(0, content));
}

function readSignerInfo(reader: DerReader): SignerInfo {
  const fields = reader.sequence();
  const version = fields.smallInteger();
  const sid = readSignerIdentifier(fields);
  const digestAlgorithm = readAlgorithmIdentifier(fields);
  const signedAttrs = readImplicitAttributes(fields, 0);
  const signatureAlgorithm = readAlgorithmIdentifier(fields);
  const signature = fields.octetString();
  const unsignedAttrs = readImplicitAttributes(fields, 1);
  fields.finish();
  return { version, sid, digestAlgorithm, signedAttrs, signatureAlgorithm, signature, unsignedAttrs };
}

function signerInfo(value: SignerInfo): DerNode {
  return sequence(
    integer(value.version),
    signerIdentifier(value.sid),
    algorithmIdentifier(value.digestAlgorithm),
    implicitAttributes(0, value.signedAttrs),
    algorithmIdentifier(value.signatureAlgorithm),
    octetString(value.signature),
    implicitAttributes(1, value.unsignedAttrs),
  );
}
