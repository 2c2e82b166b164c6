import { hresult } from '#hresult/hresult-error';
import { formatRequestAttributes, type NameValuePair } from '#pki/cmc/name-value-pairs';
import type { AuthorityPorts } from '../ports.ts';
import type { RequestRow } from '../schema/requests.ts';
import { type Intake, intake } from './intake.ts';

/** A request out of its row, with its attributes as they are now, or would be with `changes`. Throws CERTSRV_E_BAD_REQUESTSTATUS for one without bytes. */
export async function storedIntake(
  { database, engine }: Pick<AuthorityPorts, 'database' | 'engine'>,
  { RequestID, RawRequest }: Pick<RequestRow, 'RequestID' | 'RawRequest'>,
  changes: readonly NameValuePair[] = [],
): Promise<Intake> {
  if (!RawRequest) throw hresult('CERTSRV_E_BAD_REQUESTSTATUS', `Request ${RequestID} could not be read when it came.`);
  const changed = new Set(changes.map(([name]) => name.toLowerCase()));
  const kept = (await database.attributes(RequestID!))
    .map(({ AttributeName, AttributeValue }) => [AttributeName ?? '', AttributeValue ?? ''] as const)
    .filter(([name]) => !changed.has(name.toLowerCase()));
  return intake(RawRequest, formatRequestAttributes([...kept, ...changes]), engine);
}
