import { formatHresult } from '#hresult/format';
import { hresult } from '#hresult/hresult-error';
import type { Authority } from '../authority.ts';
import type { RequestRow } from '../schema/requests.ts';

/** Throws CERTSRV_E_PROPERTY_EMPTY where there is no such request. */
export async function requireRow(authority: Authority, requestId: number): Promise<RequestRow> {
  const row = await authority.ports.database.request(requestId);
  if (row) return row;
  throw hresult('CERTSRV_E_PROPERTY_EMPTY', `There is no request ${requestId}.`, {
    hint: 'certutil -view lists the requests',
  });
}

/** Throws CERTSRV_E_BAD_REQUESTSTATUS where it is in another state. */
export function requireDisposition(row: RequestRow, dispositions: readonly number[]): void {
  if (dispositions.includes(row.Disposition ?? -1)) return;
  throw hresult(
    'CERTSRV_E_BAD_REQUESTSTATUS',
    `Request ${row.RequestID}: ${(row.DispositionMessage ?? formatHresult(row.StatusCode ?? 0)).replace(/\.$/, '')}.`,
    { hint: 'certutil -view Queue lists the requests that wait' },
  );
}
