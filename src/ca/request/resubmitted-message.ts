import type { RequestRow } from '../schema/requests.ts';

/** DispositionMessage while a resubmitted request is being signed (MS-CSRA 3.1.4.1.3). */
export function resubmittedMessage(accountName: string): string {
  return `Resubmitted by ${accountName}`;
}

/** What becomes of it once the certificate is recorded: `Issued  Resubmitted by DOMAIN\name`, `Issued` for all others. */
export function issuedMessage({ DispositionMessage }: Pick<RequestRow, 'DispositionMessage'>): string {
  return DispositionMessage?.startsWith('Resubmitted by ') ? `Issued  ${DispositionMessage}` : 'Issued';
}
