/** What a certificate manager does with requests that wait or were refused. MS-CSRA 3.1.4.1.3 ResubmitRequest, 3.1.4.1.4 DenyRequest. */
import { HresultError, hresult } from '#hresult/hresult-error';
import type { RequestOutcome } from '../api.ts';
import { archivesKey } from '../archive/archival-rules.ts';
import { type AuditContext, audit } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import { finishSigning } from '../issue/issue.ts';
import { withAdministrators } from '../policy/administrator-extensions.ts';
import type { Decision } from '../policy/decision.ts';
import { decideByTemplate } from '../policy/enterprise-policy.ts';
import { decideStandAlone } from '../policy/stand-alone-policy.ts';
import type { Signing, Write } from '../ports.ts';
import { forgetSigning, isPublished, publishIssued } from '../publish/publish-issued.ts';
import { authorize } from '../roles/authorize.ts';
import { requireOfficerOf } from '../roles/officer-restrictions.ts';
import { requirePrincipal } from '../roles/principal.ts';
import { CR_FLG, DB_DISP } from '../schema/dispositions.ts';
import type { RequestRow } from '../schema/requests.ts';
import { constructionFault } from './construction-fault.ts';
import { denial } from './denial.ts';
import { issueAndPublish, issuedWork } from './issue-and-publish.ts';
import { outcomeOf } from './outcome.ts';
import { requireDisposition, requireRow } from './require-request.ts';
import { issuedMessage, resubmittedMessage } from './resubmitted-message.ts';
import { storedIntake } from './stored-intake.ts';
import { faultedRequest, templateOf, type Work } from './work.ts';

const RESUBMITTABLE = [DB_DISP.PENDING, DB_DISP.DENIED, DB_DISP.ERROR] as const;

/** Throws CERTSRV_E_BAD_REQUESTSTATUS, CERTSRV_E_PROPERTY_EMPTY, ERROR_ACCESS_DENIED, ERROR_NONE_MAPPED. */
export async function resubmit(authority: Authority, officer: Caller, requestId: number): Promise<RequestOutcome> {
  const { clock, database, directory } = authority.ports;
  const attempt = { event: 'requestResubmitted', values: [requestId] } as const;
  const configuration = await authorize(authority, officer, ['Officer'], attempt);
  await authority.unfinished.finish(authority);
  const row = await requireRow(authority, requestId);
  await requireOfficerOf(authority, officer, configuration, row, attempt);
  requireDisposition(row, RESUBMITTABLE);
  const read = await storedIntake(authority.ports, row);
  const signing = await begunSigning(authority, requestId);
  const requester = await requirePrincipal(directory, row.RequesterName ?? '');
  const context: AuditContext = { time: clock.now(), subject: officer.accountName, configuration };
  const caller =
    row.CallerName === row.RequesterName ? requester : await requirePrincipal(directory, row.CallerName ?? '');
  const work: Work = { requestId, caller, requester, read, context };
  const decision = await decideAgain(authority, work, row);
  const resubmitted = audit(context, 'requestResubmitted', [requestId]);
  // Two managers at once: the second finds another request than the one he decided on.
  const unchanged = [row.Disposition!];
  if (decision.action === 'deny') {
    await database.commit([
      ...(signing ? [{ delete: 'Signings', RequestID: requestId } as const] : []),
      ...resubmitted,
      ...denial(work, decision.error, { set: withoutKey(row), whenDisposition: unchanged }),
    ]);
    return outcomeOf(authority, requestId);
  }
  const message = resubmittedMessage(officer.accountName);
  const before: Write[] = [
    {
      update: 'Requests',
      RequestID: requestId,
      set: { Disposition: DB_DISP.ACTIVE, DispositionMessage: message },
      whenDisposition: unchanged,
    },
    ...resubmitted,
  ];
  try {
    const done = issuedMessage({ DispositionMessage: message });
    if (signing) await finishAndPublish(authority, work, decision, signing, before, done);
    else await issueAndPublish(authority, work, decision, before, done);
  } catch (error) {
    if (!(error instanceof HresultError) || error.symbol === 'CERTSRV_E_BAD_REQUESTSTATUS') throw error;
    // What failed before anything was written is on record with its fault.
    const isRecorded = (await database.request(requestId))?.Disposition === DB_DISP.ACTIVE;
    const fault = constructionFault(context, faultedRequest(work), error);
    await authority.unfinished.end(authority, requestId, isRecorded ? fault : [...resubmitted, ...fault], error);
  }
  return outcomeOf(authority, requestId);
}

/** Throws CERTSRV_E_BAD_REQUESTSTATUS unless the request waits. A key that was archived with it is erased. */
export async function deny(authority: Authority, officer: Caller, requestId: number): Promise<void> {
  const { clock, database } = authority.ports;
  const attempt = { event: 'requestDenied', values: [requestId] } as const;
  const configuration = await authorize(authority, officer, ['Officer'], attempt);
  const row = await requireRow(authority, requestId);
  await requireOfficerOf(authority, officer, configuration, row, attempt);
  requireDisposition(row, [DB_DISP.PENDING]);
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
        ...withoutKey(row),
      },
      whenDisposition: [DB_DISP.PENDING],
    },
    ...audit(context, 'requestDenied', [requestId]),
  ]);
}

/** Nor does a later answer say that a key was archived. */
function withoutKey({ RequestFlags }: RequestRow): Omit<Partial<RequestRow>, 'RequestID'> {
  const flags = ((RequestFlags ?? 0) & ~CR_FLG.VALIDENCRYPTEDKEYHASH) >>> 0;
  return { RawArchivedKey: null, KeyRecoveryHashes: null, RequestFlags: flags };
}

/**
 * The signing of a request that failed while its certificate was made. A certificate that was given up leaves its serial
 * number behind, and its request takes no second one.
 */
async function begunSigning({ ports: { database } }: Authority, requestId: number): Promise<Signing | undefined> {
  if ((await database.certificate(requestId)) === undefined) return undefined;
  const signing = (await database.signings()).find(({ RequestID }) => RequestID === requestId);
  if (signing) return signing;
  throw hresult('CERTSRV_E_BAD_REQUESTSTATUS', `The certificate of request ${requestId} was given up.`, {
    hint: 'its requester asks anew',
  });
}

async function finishAndPublish(
  authority: Authority,
  work: Work,
  { template }: Extract<Decision, { action: 'issue' }>,
  signing: Signing,
  before: readonly Write[],
  message: string,
): Promise<void> {
  await authority.ports.database.commit(before);
  const { requestId, requester } = work;
  const publishes = template !== undefined && isPublished(template);
  const certificate = await finishSigning(authority, signing, {
    after: issuedWork(authority, work, message),
    isPublished: publishes,
  });
  if (!publishes) return;
  await publishIssued(authority, { template, requester }, certificate);
  void forgetSigning(authority.ports.database, requestId);
}

/** A denied request lost its key, so that one for an archival template is denied again: its requester must ask anew. */
async function decideAgain(
  authority: Authority,
  { read, caller, requester, context: { configuration } }: Work,
  row: RequestRow,
): Promise<Exclude<Decision, { action: 'pend' }>> {
  try {
    const decision = authority.enterprise
      ? await decideByApprovedTemplate()
      : await decideStandAlone(authority, configuration, { intake: read, requester, approved: true });
    if (decision.action === 'pend') throw new TypeError('an approved request is not pended again');
    if (decision.action === 'deny') return decision;
    const rows = await authority.ports.database.extensions(row.RequestID!);
    const extensions = withAdministrators(decision.plan.extensions, rows, decision.template);
    return { ...decision, plan: { ...decision.plan, extensions } };
  } catch (error) {
    if (error instanceof HresultError) return { action: 'deny', error };
    throw error;
  }

  async function decideByApprovedTemplate(): Promise<Decision> {
    const template = await templateOf(authority, read);
    archivesKey(configuration, template, row.RawArchivedKey ?? undefined);
    return decideByTemplate(authority, configuration, { intake: read, caller, requester, template, approved: true });
  }
}
