import { toDer } from '../asn1/ber.ts';
import { decodeWhole } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { type Der, encodeDer, explicit, oid, sequence } from '../asn1/der-writer.ts';

/**
 * `ContentInfo`, RFC 5652 §3.
 *
 * ```asn1
 * ContentInfo ::= SEQUENCE { contentType ContentType, content [0] EXPLICIT ANY DEFINED BY contentType }
 * ```
 */
export interface ContentInfo {
  readonly contentType: string;
  /** The DER of what stands inside `[0]`, header included. */
  readonly content: Uint8Array;
}

/** Takes DER or BER; answers DER. Throws Asn1Error. */
export function decodeContentInfo(bytes: Uint8Array): ContentInfo {
  return decodeWhole(toDer(bytes), readContentInfo);
}

export function readContentInfo(reader: DerReader): ContentInfo {
  const fields = reader.sequence();
  const contentType = fields.oid();
  const wrapper = fields.explicit(0);
  const content = wrapper.element();
  wrapper.finish();
  fields.finish();
  return { contentType, content };
}

export function encodeContentInfo(contentType: string, content: Der): Uint8Array {
  return encodeDer(sequence(oid(contentType), explicit(0, content)));
}
