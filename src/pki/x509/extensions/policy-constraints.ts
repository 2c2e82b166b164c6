import { decodeWhole } from '../../asn1/decode-whole.ts';
import type { DerReader } from '../../asn1/der-reader.ts';
import { type DerNode, implicit, integer, sequence } from '../../asn1/der-writer.ts';
import { contextPrimitive } from '../../asn1/tag.ts';

/**
 * RFC 5280 §4.2.1.11; also Microsoft's szOID_APPLICATION_POLICY_CONSTRAINTS.
 *
 * ```asn1
 * PolicyConstraints ::= SEQUENCE {
 *   requireExplicitPolicy [0] SkipCerts OPTIONAL, inhibitPolicyMapping [1] SkipCerts OPTIONAL }
 * ```
 */
export interface PolicyConstraints {
  readonly requireExplicitPolicy?: number | undefined;
  readonly inhibitPolicyMapping?: number | undefined;
}

export function decodePolicyConstraints(extnValue: Uint8Array): PolicyConstraints {
  return decodeWhole(extnValue, (reader) => {
    const fields = reader.sequence();
    const requireExplicitPolicy = readSkipCerts(fields, 0);
    const inhibitPolicyMapping = readSkipCerts(fields, 1);
    fields.finish();
    return { requireExplicitPolicy, inhibitPolicyMapping };
  });
}

function readSkipCerts(fields: DerReader, n: number): number | undefined {
  return fields.peek() === contextPrimitive(n) ? fields.smallInteger(contextPrimitive(n)) : undefined;
}

export function encodePolicyConstraints(value: PolicyConstraints): DerNode {
  const skipCerts = (n: number, count: number | undefined) =>
    count === undefined ? undefined : implicit(n, integer(count));
  return sequence(skipCerts(0, value.requireExplicitPolicy), skipCerts(1, value.inhibitPolicyMapping));
}
