import { decodeWhole } from '../../asn1/decode-whole.ts';
import type { DerReader } from '../../asn1/der-reader.ts';
import { boolean, type DerNode, implicit, sequence } from '../../asn1/der-writer.ts';
import { contextPrimitive } from '../../asn1/tag.ts';
import {
  type DistributionPointName,
  distributionPointName,
  type ReasonFlags,
  readOptionalDistributionPointName,
  readOptionalReasonFlags,
  reasonFlags,
} from './distribution-point.ts';

/**
 * RFC 5280 §5.2.5.
 *
 * ```asn1
 * IssuingDistributionPoint ::= SEQUENCE {
 *   distributionPoint [0] DistributionPointName OPTIONAL, onlyContainsUserCerts [1] BOOLEAN DEFAULT FALSE,
 *   onlyContainsCACerts [2] BOOLEAN DEFAULT FALSE, onlySomeReasons [3] ReasonFlags OPTIONAL,
 *   indirectCRL [4] BOOLEAN DEFAULT FALSE, onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
 * ```
 */
export interface IssuingDistributionPoint {
  readonly distributionPoint?: DistributionPointName | undefined;
  readonly onlyContainsUserCerts?: boolean | undefined;
  readonly onlyContainsCACerts?: boolean | undefined;
  readonly onlySomeReasons?: ReasonFlags | undefined;
  readonly indirectCRL?: boolean | undefined;
  readonly onlyContainsAttributeCerts?: boolean | undefined;
}

export function decodeIssuingDistributionPoint(extnValue: Uint8Array): IssuingDistributionPoint {
  return decodeWhole(extnValue, (reader) => {
    const fields = reader.sequence();
    const distributionPoint = readOptionalDistributionPointName(fields);
    const onlyContainsUserCerts = readFlag(fields, 1);
    const onlyContainsCACerts = readFlag(fields, 2);
    const onlySomeReasons = readOptionalReasonFlags(fields, 3);
    const indirectCRL = readFlag(fields, 4);
    const onlyContainsAttributeCerts = readFlag(fields, 5);
    fields.finish();
    return {
      distributionPoint,
      onlyContainsUserCerts,
      onlyContainsCACerts,
      onlySomeReasons,
      indirectCRL,
      onlyContainsAttributeCerts,
    };
  });
}

function readFlag(fields: DerReader, n: number): boolean {
  return fields.peek() === contextPrimitive(n) && fields.boolean(contextPrimitive(n));
}

function flag(n: number, value: boolean | undefined): DerNode | undefined {
  return value ? implicit(n, boolean(true)) : undefined;
}

export function encodeIssuingDistributionPoint(point: IssuingDistributionPoint): DerNode {
  return sequence(
    point.distributionPoint && distributionPointName(point.distributionPoint),
    flag(1, point.onlyContainsUserCerts),
    flag(2, point.onlyContainsCACerts),
    point.onlySomeReasons === undefined ? undefined : reasonFlags(3, point.onlySomeReasons),
    flag(4, point.indirectCRL),
    flag(5, point.onlyContainsAttributeCerts),
  );
}
