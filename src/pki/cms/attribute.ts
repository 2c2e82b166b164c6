import { hresult } from '#hresult/hresult-error';
import { decodeWhole, readAll } from '../asn1/decode-whole.ts';
import { DerReader } from '../asn1/der-reader.ts';
import {
  constructed,
  type Der,
  type DerNode,
  encodeDer,
  oid,
  sequence,
  setInOrder,
  setOf,
} from '../asn1/der-writer.ts';
import { contextConstructed, TAG } from '../asn1/tag.ts';

/**
 * `Attribute`, RFC 5652 §5.3.
 *
 * ```asn1
 * Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }
 * ```
 */
export interface Attribute {
  readonly attrType: string;
  /** The DER of each value, in the order of the message: encoding again gives the same bytes. */
  readonly attrValues: readonly Uint8Array[];
}

/** An attribute with one value. */
export function attributeOf(attrType: string, value: Der): Attribute {
  return { attrType, attrValues: [encodeDer(value)] };
}

export function readAttribute(reader: DerReader): Attribute {
  const fields = reader.sequence();
  const attrType = fields.oid();
  const attrValues = readAll(fields.set(), (value) => value.element());
  fields.finish();
  return { attrType, attrValues };
}

/** `[n] IMPLICIT SET OF Attribute OPTIONAL`. */
export function readImplicitAttributes(fields: DerReader, n: number): Attribute[] | undefined {
  const tag = contextConstructed(n);
  return fields.peek() === tag ? readAll(fields.constructed(tag), readAttribute) : undefined;
}

/** In the order given. */
export function attribute(value: Attribute): DerNode {
  return sequence(oid(value.attrType), setInOrder(value.attrValues));
}

/** `[n] IMPLICIT SET OF Attribute` in the order given; undefined for an absent field. */
export function implicitAttributes(n: number, attributes: readonly Attribute[] | undefined): DerNode | undefined {
  return attributes && constructed(contextConstructed(n), attributes.map(attribute));
}

/** What a signature over attributes covers: the DER of `SET OF Attribute` under its own tag (RFC 5652 §5.4). */
export function encodeAttributesForSigning(attributes: readonly Attribute[]): Uint8Array {
  return encodeDer(setOf(attributes.map((one) => sequence(oid(one.attrType), setOf(one.attrValues)))));
}

/** The attributes and their values in the order DER gives them. */
export function sortAttributes(attributes: readonly Attribute[]): Attribute[] {
  return readAll(new DerReader(encodeAttributesForSigning(attributes)).set(), readAttribute);
}

/** What `encodeAttributesForSigning` answers, but in the order of the message: for signers that did not sort. */
export function encodeAttributesInOrder(attributes: readonly Attribute[]): Uint8Array {
  return encodeDer(constructed(TAG.SET, attributes.map(attribute)));
}

/** The octets of an attribute whose one value is an OCTET STRING; undefined where it is absent. Throws as the next. */
export function octetStringAttribute(
  attributes: readonly Attribute[] | undefined,
  attrType: string,
): Uint8Array | undefined {
  const value = singleAttributeValue(attributes, attrType);
  return value && decodeWhole(value, (reader) => reader.octetString());
}

/**
 * The value of an attribute that may stand once with one value (RFC 5652 §11); undefined where it is absent.
 * Throws CRYPT_E_BAD_MSG where it stands twice or has another count of values.
 */
export function singleAttributeValue(
  attributes: readonly Attribute[] | undefined,
  attrType: string,
): Uint8Array | undefined {
  const found = attributes?.filter((one) => one.attrType === attrType) ?? [];
  if (found.length === 0) return undefined;
  if (found.length > 1 || found[0]!.attrValues.length !== 1) {
    throw hresult('CRYPT_E_BAD_MSG', `The attribute ${attrType} must have exactly one value.`);
  }
  return found[0]!.attrValues[0];
}
