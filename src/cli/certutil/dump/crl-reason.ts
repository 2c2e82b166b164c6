import { REVOCATION_REASON_TEXTS } from '#ca/schema/dispositions';

export function crlReasonText(reason: number): string {
  return REVOCATION_REASON_TEXTS[reason] ?? 'Unknown Reason';
}
