/** Old rows taken out of the database. MS-CSRA 3.1.4.2.13 DeleteRow. */
import { type HresultError, hresult } from '#hresult/hresult-error';
import type { RowDeletion } from '../api.ts';
import { audit } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import type { Restriction } from '../ports.ts';
import { authorize } from '../roles/authorize.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import type { RequestRow } from '../schema/requests.ts';
import { requireRow } from './require-request.ts';

const UNDECIDED: readonly number[] = [DB_DISP.PENDING, DB_DISP.ERROR, DB_DISP.DENIED];

/** Rows a unit: what else waits for the database is not kept long. */
const ROWS_A_UNIT = 200;

/**
 * Deletes one request with its certificate, extensions and attributes; or every request that came to nothing before a date;
 * or every certificate that expired before one. Answers how many. Rows with an archived key are kept, and so are those of
 * certificates that can still be used: the next CRL is made of them. Throws ERROR_ACCESS_DENIED unless the caller is
 * administrator and certificate manager, CERTSRV_E_PROPERTY_EMPTY and CERTSRV_E_BAD_REQUESTSTATUS for one row.
 */
export async function deleteRows(authority: Authority, caller: Caller, deletion: RowDeletion): Promise<number> {
  const { clock, database } = authority.ports;
  const attempt = { event: 'rowsDeleted', values: ['Requests', describe(deletion), 0] } as const;
  await authorize(authority, caller, ['Administrator'], attempt);
  const configuration = await authorize(authority, caller, ['Officer'], attempt);
  const context = { time: clock.now(), subject: caller.accountName, configuration };
  let deleted = 0;
  for await (const ids of batches(authority, deletion)) {
    await database.commit([
      ...ids.map((RequestID) => ({ delete: 'Requests', RequestID }) as const),
      ...audit(context, 'rowsDeleted', ['Requests', describe(deletion), ids.length]),
    ]);
    deleted += ids.length;
  }
  return deleted;
}

function describe(deletion: RowDeletion): string {
  if ('requestId' in deletion) return `RequestID=${deletion.requestId}`;
  const { which, before } = deletion;
  return `${which === 'expired' ? 'NotAfter' : 'SubmittedWhen'}<${before.toISOString()}`;
}

async function* batches(authority: Authority, deletion: RowDeletion): AsyncGenerator<readonly number[]> {
  if ('requestId' in deletion) {
    yield [await requireDeletable(authority, deletion.requestId)];
    return;
  }
  for (;;) {
    const ids = await nextBatch(authority, deletion);
    if (ids.length === 0) return;
    yield ids;
  }
}

async function nextBatch(
  { ports: { clock, database } }: Authority,
  { which, before }: Exclude<RowDeletion, { requestId: number }>,
): Promise<number[]> {
  const isExpired = which === 'expired';
  // Nothing that can still be used, whatever date was typed.
  const limit = isExpired ? new Date(Math.min(before.getTime(), clock.now().getTime())) : before;
  const dispositions = isExpired ? [DB_DISP.ISSUED, DB_DISP.REVOKED] : UNDECIDED;
  const ids: number[] = [];
  for (const disposition of dispositions) {
    const restrictions: Restriction[] = [
      { column: 'Request.Disposition', operator: '=', value: disposition },
      { column: isExpired ? 'NotAfter' : 'Request.SubmittedWhen', operator: '<', value: limit },
      { column: 'Request.RawArchivedKey', operator: '=', value: null },
    ];
    const columns = ['Request.RequestID'];
    const left = ROWS_A_UNIT - ids.length;
    for await (const row of database.view({ table: 'Requests', columns, restrictions, limit: left }))
      ids.push(Number(row.get('Request.RequestID')));
  }
  return ids;
}

async function requireDeletable(authority: Authority, requestId: number): Promise<number> {
  const row = await requireRow(authority, requestId);
  const refusal = await refusalOf(authority, row);
  if (refusal) throw refusal;
  return requestId;
}

async function refusalOf(
  { ports: { clock, database } }: Authority,
  row: RequestRow,
): Promise<HresultError | undefined> {
  const kept = (why: string, hint: string) =>
    hresult('CERTSRV_E_BAD_REQUESTSTATUS', `Request ${row.RequestID} is kept: ${why}.`, { hint });
  if (row.RawArchivedKey) return kept('a key is archived with it', 'archived keys are never deleted');
  if (UNDECIDED.includes(row.Disposition ?? -1)) return undefined;
  const { NotAfter } = (await database.certificate(row.RequestID!)) ?? {};
  if (NotAfter && NotAfter < clock.now()) return undefined;
  return kept('its certificate can still be used', 'it can be deleted once it has expired');
}
