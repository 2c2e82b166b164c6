import { readAll } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { boolean, type DerNode, octetString, oid, sequence, sequenceOf } from '../asn1/der-writer.ts';
import { TAG } from '../asn1/tag.ts';

/**
 * `Extension`, RFC 5280 §4.1.
 *
 * ```asn1
 * Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
 * ```
 */
export interface Extension {
  readonly extnID: string;
  readonly critical: boolean;
  /** What the OCTET STRING holds: the DER of the extension's own type. Decoded on demand, see EXTENSIONS. */
  readonly extnValue: Uint8Array;
}

/** `Extensions ::= SEQUENCE OF Extension`. An encoded FALSE, which DER forbids, occurs and is read. */
export function readExtensions(reader: DerReader): Extension[] {
  return readAll(reader.sequence(), readExtension);
}

function readExtension(reader: DerReader): Extension {
  const fields = reader.sequence();
  const extnID = fields.oid();
  const critical = fields.peek() === TAG.BOOLEAN && fields.boolean();
  const extnValue = fields.octetString();
  fields.finish();
  return { extnID, critical, extnValue };
}

export function encodeExtensions(extensions: readonly Extension[]): DerNode {
  return sequenceOf(
    extensions.map(({ extnID, critical, extnValue }) =>
      sequence(oid(extnID), critical ? boolean(true) : undefined, octetString(extnValue)),
    ),
  );
}

export function findExtension(extensions: readonly Extension[], extnID: string): Extension | undefined {
  return extensions.find((extension) => extension.extnID === extnID);
}
