import { decodeWhole } from '../../asn1/decode-whole.ts';
import { type DerNode, enumerated } from '../../asn1/der-writer.ts';
import { TAG } from '../../asn1/tag.ts';

/** RFC 5280 §5.3.1: `CRLReason ::= ENUMERATED`. */
export const CRL_REASON = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

/** One of CRL_REASON; other numbers occur and are kept. */
export type CRLReason = number;

export function decodeReasonCode(extnValue: Uint8Array): CRLReason {
  return decodeWhole(extnValue, (reader) => reader.smallInteger(TAG.ENUMERATED));
}

export function encodeReasonCode(reason: CRLReason): DerNode {
  return enumerated(reason);
}
