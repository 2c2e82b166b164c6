import { toDer } from '../asn1/ber.ts';
import { decodeWhole, readAll } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import {
  constructed,
  type Der,
  type DerNode,
  encodeDer,
  integer,
  oid,
  sequence,
  sequenceOf,
  setInOrder,
} from '../asn1/der-writer.ts';
import { contextConstructed } from '../asn1/tag.ts';
import { readBodyPartId } from './body-part.ts';

/** A control. RFC 5272 §3.2.1.1. */
export interface TaggedAttribute {
  readonly bodyPartID: number;
  readonly attrType: string;
  /** The DER of each value, in the order of the message. */
  readonly attrValues: readonly Uint8Array[];
}

/** RFC 5272 §3.2.1.2. Only PKCS #10 is looked into; CRMF and other requests are kept as they are. */
export type TaggedRequest =
  | {
      readonly type: 'tcr';
      readonly bodyPartID: number;
      /** DER CertificationRequest. */
      readonly certificationRequest: Uint8Array;
    }
  /** The whole TLV, `[1]` or `[2]`. */
  | { readonly type: 'crm'; readonly raw: Uint8Array }
  | { readonly type: 'orm'; readonly raw: Uint8Array };

/** RFC 5272 §3.2.1.3. */
export interface TaggedContentInfo {
  readonly bodyPartID: number;
  /** DER ContentInfo. */
  readonly contentInfo: Uint8Array;
}

/** RFC 5272 §3.2.1.4. */
export interface OtherMsg {
  readonly bodyPartID: number;
  readonly otherMsgType: string;
  /** The DER of the value. */
  readonly otherMsgValue: Uint8Array;
}

/**
 * `PKIData`, RFC 5272 §3.2.1: the eContent of a full PKI request.
 *
 * ```asn1
 * PKIData ::= SEQUENCE {
 *   controlSequence SEQUENCE OF TaggedAttribute, reqSequence SEQUENCE OF TaggedRequest,
 *   cmsSequence SEQUENCE OF TaggedContentInfo, otherMsgSequence SEQUENCE OF OtherMsg }
 * ```
 */
export interface PKIData {
  readonly controlSequence: readonly TaggedAttribute[];
  readonly reqSequence: readonly TaggedRequest[];
  readonly cmsSequence: readonly TaggedContentInfo[];
  readonly otherMsgSequence: readonly OtherMsg[];
}

/** Takes DER or BER. Throws Asn1Error. */
export function decodePkiData(bytes: Uint8Array): PKIData {
  return decodeWhole(toDer(bytes), (reader) => {
    const fields = reader.sequence();
    const controlSequence = readAll(fields.sequence(), readTaggedAttribute);
    const reqSequence = readAll(fields.sequence(), readTaggedRequest);
    const cmsSequence = readAll(fields.sequence(), readTaggedContentInfo);
    const otherMsgSequence = readAll(fields.sequence(), readOtherMsg);
    fields.finish();
    return { controlSequence, reqSequence, cmsSequence, otherMsgSequence };
  });
}

/** In the orders given: decoding and encoding again gives the same bytes. */
export function encodePkiData(value: PKIData): Uint8Array {
  return encodeDer(
    sequence(
      sequenceOf(value.controlSequence.map(taggedAttribute)),
      sequenceOf(value.reqSequence.map(taggedRequest)),
      sequenceOf(value.cmsSequence.map(taggedContentInfo)),
      sequenceOf(value.otherMsgSequence.map(otherMsg)),
    ),
  );
}

export function readTaggedAttribute(reader: DerReader): TaggedAttribute {
  const fields = reader.sequence();
  const bodyPartID = readBodyPartId(fields);
  const attrType = fields.oid();
  const attrValues = readAll(fields.set(), (value) => value.element());
  fields.finish();
  return { bodyPartID, attrType, attrValues };
}

export function taggedAttribute(value: TaggedAttribute): DerNode {
  return sequence(integer(value.bodyPartID), oid(value.attrType), setInOrder(value.attrValues));
}

function readTaggedRequest(reader: DerReader): TaggedRequest {
  switch (reader.peek()) {
    case contextConstructed(1):
      return { type: 'crm', raw: reader.element() };
    case contextConstructed(2):
      return { type: 'orm', raw: reader.element() };
    default: {
      const fields = reader.constructed(contextConstructed(0));
      const bodyPartID = readBodyPartId(fields);
      const certificationRequest = fields.element();
      fields.finish();
      return { type: 'tcr', bodyPartID, certificationRequest };
    }
  }
}

function taggedRequest(value: TaggedRequest): Der {
  if (value.type !== 'tcr') return value.raw;
  return constructed(contextConstructed(0), [integer(value.bodyPartID), value.certificationRequest]);
}

export function readTaggedContentInfo(reader: DerReader): TaggedContentInfo {
  const fields = reader.sequence();
  const bodyPartID = readBodyPartId(fields);
  const contentInfo = fields.element();
  fields.finish();
  return { bodyPartID, contentInfo };
}

export function taggedContentInfo(value: TaggedContentInfo): DerNode {
  return sequence(integer(value.bodyPartID), value.contentInfo);
}

export function readOtherMsg(reader: DerReader): OtherMsg {
  const fields = reader.sequence();
  const bodyPartID = readBodyPartId(fields);
  const otherMsgType = fields.oid();
  const otherMsgValue = fields.element();
  fields.finish();
  return { bodyPartID, otherMsgType, otherMsgValue };
}

export function otherMsg(value: OtherMsg): DerNode {
  return sequence(integer(value.bodyPartID), oid(value.otherMsgType), value.otherMsgValue);
}
