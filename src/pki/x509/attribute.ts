import { readAll } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { type Der, encodeDer, oid, sequence, setOf } from '../asn1/der-writer.ts';

/**
 * `Attribute` of a certification request, RFC 2986 §4.1.
 *
 * ```asn1
 * Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET SIZE (1..MAX) OF ANY DEFINED BY type }
 * ```
 */
export interface Attribute {
  /** The whole DER. */
  readonly raw: Uint8Array;
  readonly type: string;
  /** The DER of each value, in the order of the encoding. */
  readonly values: readonly Uint8Array[];
}

export function readAttribute(reader: DerReader): Attribute {
  const start = reader.offset;
  const fields = reader.sequence();
  const type = fields.oid();
  const values = readAll(fields.set(), (set) => set.element());
  fields.finish();
  return { raw: reader.bytes.subarray(start, reader.offset), type, values };
}

export function attribute(type: string, values: readonly Der[]): Attribute {
  const encoded = values.map(encodeDer);
  return { raw: encodeDer(sequence(oid(type), setOf(encoded))), type, values: encoded };
}

export function findAttribute(attributes: readonly Attribute[], type: string): Attribute | undefined {
  return attributes.find((candidate) => candidate.type === type);
}
