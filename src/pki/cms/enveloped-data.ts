import { hresult } from '#hresult/hresult-error';
import { decodeWhole, readAll } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import {
  constructed,
  type DerNode,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  setInOrder,
} from '../asn1/der-writer.ts';
import { id_envelopedData } from '../asn1/oid-table.ts';
import { contextConstructed, contextPrimitive } from '../asn1/tag.ts';
import {
  type AlgorithmIdentifier,
  algorithmIdentifier,
  readAlgorithmIdentifier,
} from '../crypto/algorithm-identifier.ts';
import { type Attribute, implicitAttributes, readImplicitAttributes } from './attribute.ts';
import { implicitSet, readImplicitSet } from './certificate-set.ts';
import { decodeContentInfo, encodeContentInfo } from './content-info.ts';
import { type RecipientInfo, readRecipientInfo, recipientInfo } from './recipient-info.ts';

/** RFC 5652 §6.1. */
export interface OriginatorInfo {
  readonly certs: readonly Uint8Array[] | undefined;
  readonly crls: readonly Uint8Array[] | undefined;
}

/** RFC 5652 §6.1. */
export interface EncryptedContentInfo {
  readonly contentType: string;
  readonly contentEncryptionAlgorithm: AlgorithmIdentifier;
  /** The ciphertext whole, joined from its segments. */
  readonly encryptedContent: Uint8Array | undefined;
  /** The segments of a constructed `[0]`, as streaming encoders write it; undefined where it is primitive. */
  readonly segments?: readonly Uint8Array[] | undefined;
}

/**
 * `EnvelopedData`, RFC 5652 §6.1.
 *
 * ```asn1
 * EnvelopedData ::= SEQUENCE {
 *   version CMSVersion, originatorInfo [0] IMPLICIT OriginatorInfo OPTIONAL, recipientInfos SET OF RecipientInfo,
 *   encryptedContentInfo EncryptedContentInfo, unprotectedAttrs [1] IMPLICIT SET OF Attribute OPTIONAL }
 * ```
 */
export interface EnvelopedData {
  readonly version: number;
  readonly originatorInfo: OriginatorInfo | undefined;
  readonly recipientInfos: readonly RecipientInfo[];
  readonly encryptedContentInfo: EncryptedContentInfo;
  readonly unprotectedAttrs: readonly Attribute[] | undefined;
}

/** An EnvelopedData inside its ContentInfo, DER or BER. Throws CRYPT_E_INVALID_MSG_TYPE for another content, Asn1Error. */
export function decodeEnvelopedData(contentInfo: Uint8Array): EnvelopedData {
  const { contentType, content } = decodeContentInfo(contentInfo);
  if (contentType !== id_envelopedData) {
    throw hresult('CRYPT_E_INVALID_MSG_TYPE', `The content is ${contentType}, enveloped data is expected.`);
  }
  return decodeWhole(content, readEnvelopedData);
}

/** The ContentInfo. */
export function encodeEnvelopedData(value: EnvelopedData): Uint8Array {
  return encodeContentInfo(id_envelopedData, envelopedData(value));
}

export function readEnvelopedData(reader: DerReader): EnvelopedData {
  const fields = reader.sequence();
  const version = fields.smallInteger();
  const originatorInfo = readOriginatorInfo(fields);
  const recipientInfos = readAll(fields.set(), readRecipientInfo);
  const encryptedContentInfo = readEncryptedContentInfo(fields.sequence());
  const unprotectedAttrs = readImplicitAttributes(fields, 1);
  fields.finish();
  return { version, originatorInfo, recipientInfos, encryptedContentInfo, unprotectedAttrs };
}

export function envelopedData(value: EnvelopedData): DerNode {
  const { originatorInfo } = value;
  return sequence(
    integer(value.version),
    originatorInfo && implicit(0, sequence(implicitSet(0, originatorInfo.certs), implicitSet(1, originatorInfo.crls))),
    setInOrder(value.recipientInfos.map(recipientInfo)),
    encryptedContentInfo(value.encryptedContentInfo),
    implicitAttributes(1, value.unprotectedAttrs),
  );
}

function readOriginatorInfo(fields: DerReader): OriginatorInfo | undefined {
  if (fields.peek() !== contextConstructed(0)) return undefined;
  const info = fields.constructed(contextConstructed(0));
  const certs = readImplicitSet(info, 0);
  const crls = readImplicitSet(info, 1);
  info.finish();
  return { certs, crls };
}

export function readEncryptedContentInfo(fields: DerReader): EncryptedContentInfo {
  const contentType = fields.oid();
  const contentEncryptionAlgorithm = readAlgorithmIdentifier(fields);
  if (fields.peek() === contextConstructed(0)) {
    const segments = readAll(fields.constructed(contextConstructed(0)), (segment) => segment.octetString());
    fields.finish();
    return { contentType, contentEncryptionAlgorithm, encryptedContent: join(segments), segments };
  }
  const encryptedContent = fields.atEnd ? undefined : fields.octetString(contextPrimitive(0));
  fields.finish();
  return { contentType, contentEncryptionAlgorithm, encryptedContent };
}

export function encryptedContentInfo(value: EncryptedContentInfo): DerNode {
  const content = value.segments
    ? constructed(contextConstructed(0), value.segments.map(octetString))
    : value.encryptedContent && implicit(0, octetString(value.encryptedContent));
  return sequence(oid(value.contentType), algorithmIdentifier(value.contentEncryptionAlgorithm), content);
}

function join(segments: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(segments.reduce((sum, segment) => sum + segment.length, 0));
  let at = 0;
  for (const segment of segments) {
    joined.set(segment, at);
    at += segment.length;
  }
  return joined;
}
