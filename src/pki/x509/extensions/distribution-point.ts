import type { DerReader } from '../../asn1/der-reader.ts';
import { type DerNode, explicit, implicit, namedBits, sequence } from '../../asn1/der-writer.ts';
import { contextConstructed, contextPrimitive } from '../../asn1/tag.ts';
import { type GeneralNames, generalNames, readGeneralNames } from '../general-name.ts';

/**
 * RFC 5280 §4.2.1.13.
 *
 * ```asn1
 * DistributionPoint ::= SEQUENCE {
 *   distributionPoint [0] EXPLICIT DistributionPointName OPTIONAL, reasons [1] ReasonFlags OPTIONAL,
 *   cRLIssuer [2] GeneralNames OPTIONAL }
 * DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] RelativeDistinguishedName }
 * ```
 */
export interface DistributionPoint {
  readonly distributionPoint?: DistributionPointName | undefined;
  readonly reasons?: ReasonFlags | undefined;
  readonly cRLIssuer?: GeneralNames | undefined;
}

export type DistributionPointName =
  | { readonly fullName: GeneralNames }
  /** The whole TLV `[1]`: nobody writes this form, it is only carried. */
  | { readonly nameRelativeToCRLIssuer: Uint8Array };

/** ReasonFlags, the first octet of the BIT STRING as the low byte: keyCompromise 0x40, ..., aACompromise 0x8000. */
export type ReasonFlags = number;

export function readDistributionPoint(reader: DerReader): DistributionPoint {
  const fields = reader.sequence();
  const distributionPoint = readOptionalDistributionPointName(fields);
  const reasons = readOptionalReasonFlags(fields, 1);
  const cRLIssuer =
    fields.peek() === contextConstructed(2) ? readGeneralNames(fields, contextConstructed(2)) : undefined;
  fields.finish();
  return { distributionPoint, reasons, cRLIssuer };
}

export function distributionPoint(point: DistributionPoint): DerNode {
  return sequence(
    point.distributionPoint && distributionPointName(point.distributionPoint),
    point.reasons === undefined ? undefined : reasonFlags(1, point.reasons),
    point.cRLIssuer && implicit(2, generalNames(point.cRLIssuer)),
  );
}

/** `[0] EXPLICIT DistributionPointName OPTIONAL`, also the first field of IssuingDistributionPoint. */
export function readOptionalDistributionPointName(fields: DerReader): DistributionPointName | undefined {
  const choice = fields.optionalExplicit(0);
  if (!choice) return undefined;
  const name: DistributionPointName =
    choice.peek() === contextConstructed(1)
      ? { nameRelativeToCRLIssuer: choice.element() }
      : { fullName: readGeneralNames(choice, contextConstructed(0)) };
  choice.finish();
  return name;
}

export function distributionPointName(name: DistributionPointName): DerNode {
  return explicit(0, 'fullName' in name ? implicit(0, generalNames(name.fullName)) : name.nameRelativeToCRLIssuer);
}

export function readOptionalReasonFlags(fields: DerReader, n: number): ReasonFlags | undefined {
  if (fields.peek() !== contextPrimitive(n)) return undefined;
  const { bytes } = fields.bitString(contextPrimitive(n));
  return (bytes[0] ?? 0) | (((bytes[1] ?? 0) & 0x80) << 8);
}

export function reasonFlags(n: number, reasons: ReasonFlags): DerNode {
  return implicit(n, namedBits({ bytes: Uint8Array.of(reasons & 0xff, (reasons >> 8) & 0x80), unusedBits: 0 }));
}
