import { decodeWhole } from '../../asn1/decode-whole.ts';
import { boolean, type DerNode, integer, sequence } from '../../asn1/der-writer.ts';
import { TAG } from '../../asn1/tag.ts';

/**
 * RFC 5280 §4.2.1.9.
 *
 * ```asn1
 * BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }
 * ```
 */
export interface BasicConstraints {
  readonly cA: boolean;
  readonly pathLenConstraint?: number | undefined;
}

export function decodeBasicConstraints(extnValue: Uint8Array): BasicConstraints {
  return decodeWhole(extnValue, (reader) => {
    const fields = reader.sequence();
    const cA = fields.peek() === TAG.BOOLEAN && fields.boolean();
    const pathLenConstraint = fields.atEnd ? undefined : fields.smallInteger();
    fields.finish();
    return { cA, pathLenConstraint };
  });
}

export function encodeBasicConstraints({ cA, pathLenConstraint }: BasicConstraints): DerNode {
  return sequence(
    cA ? boolean(true) : undefined,
    pathLenConstraint === undefined ? undefined : integer(pathLenConstraint),
  );
}
