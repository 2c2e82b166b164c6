/** What a certificate manager does with requests that wait or were refused. MS-CSRA 3.1.4.1.5, 3.1.4.1.6. */
import { formatHresult } from '#hresult/format';
import { HresultError, hresult } from '#hresult/hresult-error';
import { formatRequestAttributes } from '#pki/cmc/name-value-pairs';
import type { RequestOutcome } from '../api.ts';
import { archivesKey } from '../archive/archival-rules.ts';
import { type AuditContext, audit } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import type { Decision } from '../policy/decision.ts';
import { decideByTemplate } from '../policy/enterprise-policy.ts';
import { decideStandAlone } from '../policy/stand-alone-policy.ts';
import { requireRight } from '../roles/rights.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import type { RequestRow } from '../schema/requests.ts';
import { intake } from './intake.ts';
import { outcomeOf } from './outcome.ts';
import { constructionFault, denial, issueAndAnswer, templateOf, type Work } from './submit.ts';

const RESUBMITTABLE = [DB_DISP.PENDING, DB_DISP.DENIED, DB_DISP.ERROR] as const;

/** Throws CERTSRV_E_BAD_REQUESTSTATUS, CERTSRV_E_PROPERTY_EMPTY, ERROR_ACCESS_DENIED. */
export async function resubmit(authority: Authority, officer: Caller, requestId: number): Promise<RequestOutcome> {
  const { clock, database, engine } = authority.ports;
  const configuration = await readConfiguration(database);
  requireRight(configuration, officer, 'Officer');
  const row = await requireRow(authority, requestId, RESUBMITTABLE);
  if (!row.RawRequest)
    throw hresult('CERTSRV_E_BAD_REQUESTSTATUS', `Request ${requestId} could not be read when it came.`);
  const attributes = await database.attributes(requestId);
  const pairs = attributes.map(
    ({ AttributeName, AttributeValue }) => [AttributeName ?? '', AttributeValue ?? ''] as const,
  );
  const read = await intake(row.RawRequest, formatRequestAttributes(pairs), engine);
  const requester = await requirePrincipal(authority, row.RequesterName ?? '');
  const context: AuditContext = { time: clock.now(), subject: officer.accountName, configuration };
  const work: Work = { requestId, caller: requester, read, context };
  const decision = await decideAgain(authority, configuration, work, row);
  const resubmitted = audit(context, 'requestResubmitted', [requestId]);
  if (decision.action !== 'issue') {
    const error = decision.action === 'deny' ? decision.error : hresult('CERTSRV_E_BAD_REQUESTSTATUS');
    await database.commit([...resubmitted, ...denial(work, error)]);
    return outcomeOf(authority, requestId);
  }
  try {
    await issueAndAnswer(
      authority,
      work,
      decision,
      [
        // Two managers at once: the second finds the request no longer waiting.
        {
          update: 'Requests',
          RequestID: requestId,
          set: { Disposition: DB_DISP.ACTIVE },
          whenDisposition: RESUBMITTABLE,
        },
        ...resubmitted,
      ],
      `Issued  Resubmitted by ${officer.accountName}`,
    );
  } catch (error) {
    if (!(error instanceof HresultError) || error.symbol === 'CERTSRV_E_BAD_REQUESTSTATUS') throw error;
    await database.commit(constructionFault(work, error));
  }
  return outcomeOf(authority, requestId);
}

/** Throws CERTSRV_E_BAD_REQUESTSTATUS unless the request waits. A key that was archived with it is erased. */
export async function deny(authority: Authority, officer: Caller, requestId: number): Promise<void> {
  const { clock, database } = authority.ports;
  const configuration = await readConfiguration(database);
  requireRight(configuration, officer, 'Officer');
  await requireRow(authority, requestId, [DB_DISP.PENDING]);
  const context: AuditContext = { time: clock.now(), subject: officer.accountName, configuration };
  await database.commit([
    {
      update: 'Requests',
      RequestID: requestId,
      set: {
        Disposition: DB_DISP.DENIED,
        StatusCode: hresult('CERTSRV_E_ADMIN_DENIED_REQUEST').hresult,
        DispositionMessage: `Denied by ${officer.accountName}`,
        ResolvedWhen: context.time,
        RawArchivedKey: null,
        KeyRecoveryHashes: null,
      },
      whenDisposition: [DB_DISP.PENDING],
    },
    ...audit(context, 'requestDenied', [requestId]),
  ]);
}

/** A denied request lost its key, so that one for an archival template is denied again: its requester must ask anew. */
async function decideAgain(
  authority: Authority,
  configuration: Configuration,
  work: Work,
  row: RequestRow,
): Promise<Decision> {
  const { read } = work;
  try {
    if (!authority.enterprise)
      return await decideStandAlone(authority, configuration, { intake: read, approved: true });
    const template = await templateOf(authority, read);
    archivesKey(configuration, template, row.RawArchivedKey ?? undefined);
    return await decideByTemplate(authority, configuration, {
      intake: read,
      requester: work.caller,
      template,
      approved: true,
    });
  } catch (error) {
    if (error instanceof HresultError) return { action: 'deny', error };
    throw error;
  }
}

async function requireRow(
  authority: Authority,
  requestId: number,
  dispositions: readonly number[],
): Promise<RequestRow> {
  const row = await authority.ports.database.request(requestId);
  if (row === undefined) throw hresult('CERTSRV_E_PROPERTY_EMPTY', `There is no request ${requestId}.`);
  if (dispositions.includes(row.Disposition ?? -1)) return row;
  throw hresult(
    'CERTSRV_E_BAD_REQUESTSTATUS',
    `Request ${requestId}: ${row.DispositionMessage ?? formatHresult(row.StatusCode ?? 0)}.`,
  );
}

async function requirePrincipal(authority: Authority, accountName: string): Promise<Caller> {
  const [only, ...others] = await authority.ports.directory.findPrincipals(accountName);
  if (only && others.length === 0) return only;
  throw hresult(
    'ERROR_NONE_MAPPED',
    `The requester ${accountName} is ${only ? 'several' : 'nobody'} in the directory.`,
  );
}
