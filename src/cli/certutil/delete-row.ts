import type { RowDeletion } from '#ca/api';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { parseRequestId } from './request-id.ts';
import { parseDate } from './view/parse-date.ts';
import { withAuthority } from './with-authority.ts';

/**
 * `certutil -deleterow RowId | Date [Request | Cert]`: one request; or all that failed or waited since before the date
 * (Request), or all whose certificate expired before it (Cert).
 */
export async function run(context: CertutilContext): Promise<Json> {
  const deletion = parseDeletion(context);
  const rowsDeleted = await withAuthority(context, (authority) => authority.deleteRows(deletion));
  context.out(`Rows deleted: ${rowsDeleted}`);
  return { rowsDeleted };
}

function parseDeletion({ args, clock }: CertutilContext): RowDeletion {
  const [what, table = 'Request'] = args as [string, string | undefined];
  const name = table.toLowerCase();
  if (name !== 'request' && name !== 'cert') {
    const isTable = ['ext', 'attrib', 'crl'].includes(name);
    throw hresult(isTable ? 'ERROR_NOT_SUPPORTED' : 'ERROR_INVALID_PARAMETER', `Rows of ${table} are not deleted.`, {
      hint: 'Request or Cert; extensions and attributes go with their request',
    });
  }
  if (/^(?:0x[0-9a-f]+|[0-9]+)$/i.test(what)) return { requestId: parseRequestId(what) };
  return { which: name === 'cert' ? 'expired' : 'undecided', before: parseDate(what, clock.now()) };
}
