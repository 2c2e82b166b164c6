import { decodeWhole, readAll } from '../../asn1/decode-whole.ts';
import { type DerNode, sequenceOf } from '../../asn1/der-writer.ts';
import type { GeneralNames } from '../general-name.ts';
import { type DistributionPoint, distributionPoint, readDistributionPoint } from './distribution-point.ts';

/**
 * RFC 5280 §4.2.1.13: `CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint`. The same type stands in
 * freshestCRL (§4.2.1.15) and in Microsoft's szOID_CRL_SELF_CDP.
 */
export type CRLDistributionPoints = readonly DistributionPoint[];

export function decodeCrlDistributionPoints(extnValue: Uint8Array): CRLDistributionPoints {
  return decodeWhole(extnValue, (reader) => readAll(reader.sequence(), readDistributionPoint));
}

export function encodeCrlDistributionPoints(points: CRLDistributionPoints): DerNode {
  return sequenceOf(points.map(distributionPoint));
}

/** AD CS writes all its URLs into one distribution point. */
export function urlDistributionPoint(urls: readonly string[]): DistributionPoint {
  const fullName: GeneralNames = urls.map((value) => ({ type: 'uniformResourceIdentifier', value }));
  return { distributionPoint: { fullName } };
}

/** The URLs of all points, in order. */
export function distributionPointUrls(points: CRLDistributionPoints): string[] {
  const urls: string[] = [];
  for (const { distributionPoint: name } of points) {
    if (!name || !('fullName' in name)) continue;
    for (const each of name.fullName) if (each.type === 'uniformResourceIdentifier') urls.push(each.value);
  }
  return urls;
}
