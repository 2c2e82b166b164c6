import { REVOCATION_REASON_TEXTS } from '#ca/schema/dispositions';

/** Reasons of RFC 5280 §5.3.1 that AD CS never gives, so that its own table has no text for them. */
const FOREIGN: Readonly<Record<number, string>> = { 9: 'Privilege Withdrawn', 10: 'AA Compromise' };

export function crlReasonText(reason: number): string {
  return REVOCATION_REASON_TEXTS[reason] ?? FOREIGN[reason] ?? 'Unknown Reason';
}
