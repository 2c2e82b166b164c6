import { toDer } from '../asn1/ber.ts';
import { decodeWhole } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { type Der, encodeDer, explicit, oid, sequence } from '../asn1/der-writer.ts';
import { TAG } from '../asn1/tag.ts';

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

/**
 * True where the first field of the SEQUENCE is an OBJECT IDENTIFIER, as in a ContentInfo; that of a certificate, a CRL or a
 * PKCS #10 is a SEQUENCE. Takes DER.
 */
export function isContentInfo(der: Uint8Array): boolean {
  const length = der[1] ?? 0;
  return der[0] === TAG.SEQUENCE && der[length < 0x80 ? 2 : 2 + (length & 0x7f)] === TAG.OBJECT_IDENTIFIER;
}
