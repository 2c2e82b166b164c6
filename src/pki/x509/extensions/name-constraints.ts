import { decodeWhole, readAll } from '../../asn1/decode-whole.ts';
import type { DerReader } from '../../asn1/der-reader.ts';
import { type DerNode, implicit, integer, sequence, sequenceOf } from '../../asn1/der-writer.ts';
import { contextConstructed, contextPrimitive } from '../../asn1/tag.ts';
import { type GeneralName, generalName, readGeneralName } from '../general-name.ts';

/**
 * RFC 5280 §4.2.1.10.
 *
 * ```asn1
 * NameConstraints ::= SEQUENCE {
 *   permittedSubtrees [0] GeneralSubtrees OPTIONAL, excludedSubtrees [1] GeneralSubtrees OPTIONAL }
 * GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree
 * GeneralSubtree ::= SEQUENCE {
 *   base GeneralName, minimum [0] BaseDistance DEFAULT 0, maximum [1] BaseDistance OPTIONAL }
 * ```
 */
export interface NameConstraints {
  readonly permittedSubtrees?: readonly GeneralSubtree[] | undefined;
  readonly excludedSubtrees?: readonly GeneralSubtree[] | undefined;
}

export interface GeneralSubtree {
  readonly base: GeneralName;
  /** RFC 5280 allows only 0. */
  readonly minimum?: number | undefined;
  /** RFC 5280 allows none. */
  readonly maximum?: number | undefined;
}

export function decodeNameConstraints(extnValue: Uint8Array): NameConstraints {
  return decodeWhole(extnValue, (reader) => {
    const fields = reader.sequence();
    const permittedSubtrees = readSubtrees(fields, 0);
    const excludedSubtrees = readSubtrees(fields, 1);
    fields.finish();
    return { permittedSubtrees, excludedSubtrees };
  });
}

function readSubtrees(fields: DerReader, n: number): GeneralSubtree[] | undefined {
  const tag = contextConstructed(n);
  return fields.peek() === tag ? readAll(fields.constructed(tag), readGeneralSubtree) : undefined;
}

function readGeneralSubtree(reader: DerReader): GeneralSubtree {
  const fields = reader.sequence();
  const base = readGeneralName(fields);
  const minimum = fields.peek() === contextPrimitive(0) ? fields.smallInteger(contextPrimitive(0)) : 0;
  const maximum = fields.peek() === contextPrimitive(1) ? fields.smallInteger(contextPrimitive(1)) : undefined;
  fields.finish();
  return { base, minimum, maximum };
}

export function encodeNameConstraints({ permittedSubtrees, excludedSubtrees }: NameConstraints): DerNode {
  return sequence(
    permittedSubtrees && implicit(0, sequenceOf(permittedSubtrees.map(generalSubtree))),
    excludedSubtrees && implicit(1, sequenceOf(excludedSubtrees.map(generalSubtree))),
  );
}

function generalSubtree({ base, minimum, maximum }: GeneralSubtree): DerNode {
  return sequence(
    generalName(base),
    minimum ? implicit(0, integer(minimum)) : undefined,
    maximum === undefined ? undefined : implicit(1, integer(maximum)),
  );
}
