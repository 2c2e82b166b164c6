import { hresult } from '#hresult/hresult-error';
import { formatSerial, parseSerial } from '#pki/x509/serial-number';
import type { RequestOutcome } from '../api.ts';
import type { Authority, Caller } from '../authority.ts';
import { authorize, rightsAt } from '../roles/authorize.ts';
import { CA_RIGHT } from '../roles/rights.ts';
import { outcomeOf } from './outcome.ts';

/**
 * MS-WCCE 3.2.1.4.2.1.3: a requester asks for his own, an enrollment agent for what he asked for, a
 * certificate manager for anybody's.
 * Throws CERTSRV_E_PROPERTY_EMPTY for one that is not there, and the same to a stranger: he learns nothing of it.
 */
export async function retrieve(
  authority: Authority,
  caller: Caller,
  request: number | string,
): Promise<RequestOutcome> {
  const { database } = authority.ports;
  const configuration = await authorize(authority, caller, ['Enroll', 'Officer']);
  await authority.unfinished.tryToFinish(authority);
  const requestId = typeof request === 'number' ? request : await requestOfSerial(authority, request);
  const row = await database.request(requestId);
  const isOwn = [row?.RequesterName, row?.CallerName].some(
    (name) => name?.toLowerCase() === caller.accountName.toLowerCase(),
  );
  const isOfficer = (rightsAt(authority, configuration, caller) & CA_RIGHT.Officer) !== 0;
  if (row === undefined || !(isOwn || isOfficer))
    throw hresult('CERTSRV_E_PROPERTY_EMPTY', `There is no request ${request}.`, {
      hint: 'certreq -submit told its number; certutil -view lists the requests',
    });
  return outcomeOf(authority, requestId);
}

async function requestOfSerial(authority: Authority, serial: string): Promise<number> {
  const wanted = formatSerial(parseSerial(serial));
  for await (const row of authority.ports.database.view({
    table: 'Requests',
    columns: ['Request.RequestID'],
    restrictions: [{ column: 'SerialNumber', operator: '=', value: wanted }],
    limit: 1,
  })) {
    return Number(row.get('Request.RequestID'));
  }
  throw hresult('CERTSRV_E_PROPERTY_EMPTY', `No certificate has the serial number ${wanted}.`, {
    hint: 'retrieve it by the request ID that certreq -submit told',
  });
}
