/**
 * A request from arrival to answer. Every request that arrives gets a row; nothing but a row comes of one that cannot be
 * read, is refused or must wait. MS-WCCE 3.2.1.4.2.1.
 */
import { HresultError } from '#hresult/hresult-error';
import type { RequestOutcome, SubmittedRequest } from '../api.ts';
import { type AcceptedKey, acceptArchivedKey } from '../archive/accept-archived-key.ts';
import { archivesKey } from '../archive/archival-rules.ts';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import { type AuditContext, audit } from '../audit/audit.ts';
import { verboseEvent } from '../audit/verbose-event.ts';
import type { Authority, Caller } from '../authority.ts';
import type { Decision } from '../policy/decision.ts';
import { decideByTemplate } from '../policy/enterprise-policy.ts';
import { decideStandAlone } from '../policy/stand-alone-policy.ts';
import type { Write } from '../ports.ts';
import { authorize } from '../roles/authorize.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import { constructionFault } from './construction-fault.ts';
import { denial } from './denial.ts';
import { intake } from './intake.ts';
import { issueAndPublish } from './issue-and-publish.ts';
import { outcomeOf } from './outcome.ts';
import { requestWrites } from './request-row.ts';
import { requesterOf } from './requester.ts';
import { auditFields, faultedRequest, formatAttributes, subjectOf, templateOf, type Work } from './work.ts';

/** Throws CERTSRV_E_ENROLL_DENIED; whatever else goes wrong with a request is its outcome. */
export async function submit(
  authority: Authority,
  caller: Caller,
  submitted: SubmittedRequest,
): Promise<RequestOutcome> {
  const { clock, database, engine } = authority.ports;
  const attempt = { event: 'requestReceived', values: ['', caller.accountName, ''] } as const;
  const configuration = await authorize(authority, caller, ['Enroll'], attempt);
  await authority.unfinished.finish(authority);
  const requestId = await database.nextRequestId();
  const context: AuditContext = { time: clock.now(), subject: caller.accountName, configuration };
  try {
    const read = await intake(submitted.request, submitted.attributes, engine);
    const requester = await requesterOf(authority, caller, read);
    await process(authority, { requestId, caller, requester, read, context });
  } catch (error) {
    // What cannot be read, or is too long for its row, leaves a row that says so.
    if (!(error instanceof HresultError) || authority.unfinished.has(requestId)) throw error;
    if ((await database.request(requestId)) !== undefined) throw error;
    await database.commit(unreadableRequest(requestId, submitted, caller, context, error));
  }
  return outcomeOf(authority, requestId, submitted.fullResponse);
}

async function process(authority: Authority, work: Work): Promise<void> {
  const { requestId, requester, read, context } = work;
  const { database } = authority.ports;
  const received = audit(context, 'requestReceived', [requestId, requester.accountName, formatAttributes(read)]);
  const recorded = (archived?: AcceptedKey): Write[] => [
    ...requestWrites(work, archived),
    ...received,
    ...(archived ? audit(context, 'keyArchived', [requestId, requester.accountName, archived.keyRecoveryHashes]) : []),
  ];

  const { decision, archives } = await decide(authority, work);
  if (decision.action === 'deny') return database.commit([...recorded(), ...denial(work, decision.error)]);
  let archived: AcceptedKey | undefined;
  try {
    // A key is taken over only for a request that is issued or waits: a denied one leaves nothing behind.
    if (archives) archived = await acceptKey(authority, work);
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    const fault = { message: 'Error Archiving Private Key', isFault: true };
    return database.commit([...recorded(), ...denial(work, error, fault)]);
  }
  if (decision.action === 'pend') return database.commit([...recorded(archived), ...pending(work)]);
  try {
    await issueAndPublish(authority, work, decision, recorded(archived), 'Issued');
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    const isRecorded = (await database.request(requestId)) !== undefined;
    const fault = constructionFault(context, faultedRequest(work), error);
    await authority.unfinished.end(authority, requestId, isRecorded ? fault : [...recorded(), ...fault], error);
  }
}

async function decide(authority: Authority, work: Work): Promise<{ decision: Decision; archives: boolean }> {
  const { read, caller, requester, context } = work;
  const { configuration } = context;
  try {
    const template = authority.enterprise ? await templateOf(authority, read) : undefined;
    const archives = archivesKey(configuration, template, read.archivedKey);
    const decision = template
      ? await decideByTemplate(authority, configuration, { intake: read, caller, requester, template, approved: false })
      : await decideStandAlone(authority, configuration, { intake: read, requester, approved: false });
    return { decision, archives };
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    return { decision: { action: 'deny', error }, archives: false };
  }
}

function pending(work: Work): Write[] {
  const { requestId, context } = work;
  const message = 'Taken Under Submission';
  return [
    {
      update: 'Requests',
      RequestID: requestId,
      set: { Disposition: DB_DISP.PENDING, StatusCode: 0, DispositionMessage: message },
    },
    ...audit(context, 'requestPended', auditFields(work, message)),
    ...verboseEvent(context, 8, String(requestId), subjectOf(work.read)),
  ];
}

function acceptKey(authority: Authority, { read, context }: Work): Promise<AcceptedKey> {
  return acceptArchivedKey(authority, context.configuration, {
    archivedKey: read.archivedKey!,
    encryptedKeyHash: read.encryptedKeyHash,
    publicKey: read.certificationRequest.certificationRequestInfo.subjectPKInfo.raw,
  });
}

/** The row of bytes that are no request. The bytes are not kept: nobody stripped a private key from them. */
function unreadableRequest(
  requestId: number,
  { request }: SubmittedRequest,
  caller: Caller,
  context: AuditContext,
  error: HresultError,
): Write[] {
  const isSignatureFault = error.symbol === 'NTE_BAD_SIGNATURE' || error.symbol === 'CRYPT_E_HASH_VALUE';
  const message = isSignatureFault
    ? 'Error Verifying Request Signature or Signing Certificate'
    : 'Error Parsing Request';
  const size = `(a request of ${request.length} bytes)`;
  return [
    {
      insert: 'Requests',
      row: {
        RequestID: requestId,
        RawRequest: null,
        RequestType: 0,
        RequestFlags: 0,
        StatusCode: error.hresult,
        Disposition: DB_DISP.ERROR,
        DispositionMessage: message,
        SubmittedWhen: context.time,
        ResolvedWhen: context.time,
        RequesterName: caller.accountName,
        CallerName: caller.accountName,
      },
    },
    { append: 'Events', record: applicationEvent(context.time, 21, String(requestId), statusText(error), size) },
    ...audit(context, 'requestReceived', [requestId, caller.accountName, '']),
    ...audit(context, 'requestRefused', [requestId, caller.accountName, '', message, '', ''], 'failure'),
  ];
}
