import { decodeWhole } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import { type Der, type DerNode, encodeDer, nullValue, oid, sequence } from '../asn1/der-writer.ts';

/**
 * `AlgorithmIdentifier`, RFC 5280 §4.1.1.2.
 *
 * ```asn1
 * AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY DEFINED BY algorithm OPTIONAL }
 * ```
 */
export interface AlgorithmIdentifier {
  readonly algorithm: string;
  /** The DER of the parameters; undefined where they are absent, `05 00` where they are NULL. */
  readonly parameters: Uint8Array | undefined;
}

export function readAlgorithmIdentifier(reader: DerReader): AlgorithmIdentifier {
  return algorithmFields(reader.sequence());
}

/** The same under an IMPLICIT tag. */
export function readImplicitAlgorithmIdentifier(reader: DerReader, tag: number): AlgorithmIdentifier {
  return algorithmFields(reader.constructed(tag));
}

function algorithmFields(fields: DerReader): AlgorithmIdentifier {
  const algorithm = fields.oid();
  const parameters = fields.atEnd ? undefined : fields.element();
  fields.finish();
  return { algorithm, parameters };
}

export function algorithmIdentifier(value: AlgorithmIdentifier): DerNode {
  return sequence(oid(value.algorithm), value.parameters);
}

/** `{ algorithm, NULL }`, the form RSA and the old digests ask for. */
export function algorithmWithNull(algorithm: string): DerNode {
  const parameters: Der = nullValue();
  return sequence(oid(algorithm), parameters);
}

/** The value of an AlgorithmIdentifier that was made as a node. */
export function algorithmIdentifierOf(node: Der): AlgorithmIdentifier {
  return decodeWhole(encodeDer(node), readAlgorithmIdentifier);
}
