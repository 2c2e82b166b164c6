import { hresult } from '#hresult/hresult-error';
import { formatRequestAttributes } from '#pki/cmc/name-value-pairs';
import type { AuthorityPorts } from '../authority.ts';
import type { RequestRow } from '../schema/requests.ts';
import { type Intake, intake } from './intake.ts';

/** A request out of its row, with its attributes as they are now. Throws CERTSRV_E_BAD_REQUESTSTATUS for one without bytes. */
export async function storedIntake(
  { database, engine }: Pick<AuthorityPorts, 'database' | 'engine'>,
  { RequestID, RawRequest }: Pick<RequestRow, 'RequestID' | 'RawRequest'>,
): Promise<Intake> {
  if (!RawRequest) throw hresult('CERTSRV_E_BAD_REQUESTSTATUS', `Request ${RequestID} could not be read when it came.`);
  const pairs = (await database.attributes(RequestID!)).map(
    ({ AttributeName, AttributeValue }) => [AttributeName ?? '', AttributeValue ?? ''] as const,
  );
  return intake(RawRequest, formatRequestAttributes(pairs), engine);
}
