/**
 * A request from arrival to answer. Every request that arrives gets a row; nothing but a row comes of one that cannot be
 * read, is refused or must wait. MS-WCCE 3.2.1.4.2.1.
 */
import { formatHresult } from '#hresult/format';
import { HresultError } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { findExtension } from '#pki/x509/extension';
import { decodeSubjectKeyIdentifier } from '#pki/x509/extensions/subject-key-identifier';
import { formatName } from '#pki/x509/name-text';
import type { RequestOutcome, SubmittedRequest } from '../api.ts';
import { type AcceptedKey, acceptArchivedKey } from '../archive/accept-archived-key.ts';
import { archivesKey } from '../archive/archival-rules.ts';
import { applicationEvent } from '../audit/application-events.ts';
import { type AuditContext, audit } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import { type Configuration, readConfiguration } from '../config/configuration.ts';
import { issueCertificate } from '../issue/issue.ts';
import type { Decision } from '../policy/decision.ts';
import { decideByTemplate } from '../policy/enterprise-policy.ts';
import { decideStandAlone } from '../policy/stand-alone-policy.ts';
import type { Write } from '../ports.ts';
import { publishIssued } from '../publish/publish-issued.ts';
import { requireRight } from '../roles/rights.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { matchTemplate } from '../template/matching.ts';
import { type Intake, intake } from './intake.ts';
import { outcomeOf } from './outcome.ts';
import { requestWrites } from './request-row.ts';
import { requestedTemplate } from './requested-template.ts';

/** Throws CERTSRV_E_ENROLL_DENIED; whatever else goes wrong with a request is its outcome. */
export async function submit(
  authority: Authority,
  caller: Caller,
  submitted: SubmittedRequest,
): Promise<RequestOutcome> {
  const { clock, database, engine } = authority.ports;
  const configuration = await readConfiguration(database);
  requireRight(configuration, caller, 'Enroll');
  const requestId = await database.nextRequestId();
  const now = clock.now();
  const context: AuditContext = { time: now, subject: caller.accountName, configuration };
  let read: Intake;
  try {
    read = await intake(submitted.request, submitted.attributes, engine);
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    await database.commit(unreadableRequest(requestId, submitted, caller, context, error));
    return outcomeOf(authority, requestId);
  }
  await process(authority, configuration, { requestId, caller, read, context });
  return outcomeOf(authority, requestId);
}

export interface Work {
  readonly requestId: number;
  readonly caller: Caller;
  readonly read: Intake;
  readonly context: AuditContext;
}

async function process(authority: Authority, configuration: Configuration, work: Work): Promise<void> {
  const { requestId, caller, read, context } = work;
  const received = audit(context, 'requestReceived', [requestId, caller.accountName, formatAttributes(read)]);
  const recorded = (archived: AcceptedKey | undefined, outcome?: Parameters<typeof requestWrites>[5]): Write[] => [
    ...requestWrites(requestId, read, caller, context.time, archived, outcome),
    ...received,
  ];

  let template: CertificateTemplate | undefined;
  let archived: AcceptedKey | undefined;
  let decision: Decision;
  try {
    template = authority.enterprise ? await templateOf(authority, read) : undefined;
    const archives = archivesKey(configuration, template, read.archivedKey);
    decision = await decide(authority, configuration, work, template);
    // A key is taken over only for a request that is issued or waits: a denied one leaves nothing behind.
    if (archives && decision.action !== 'deny') {
      archived = await acceptKey(authority, configuration, read);
    }
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    decision = { action: 'deny', error };
  }

  if (decision.action === 'deny') {
    await authority.ports.database.commit([...recorded(undefined), ...denial(work, decision.error)]);
    return;
  }
  const keyArchived = archived
    ? audit(context, 'keyArchived', [requestId, caller.accountName, archived.keyRecoveryHashes])
    : [];
  if (decision.action === 'pend') {
    await authority.ports.database.commit([
      ...recorded(archived, {
        Disposition: DB_DISP.PENDING,
        StatusCode: 0,
        DispositionMessage: 'Taken Under Submission',
      }),
      ...keyArchived,
      ...audit(context, 'requestPended', [
        requestId,
        caller.accountName,
        formatAttributes(read),
        'Taken Under Submission',
        '',
        subjectOf(read),
      ]),
    ]);
    return;
  }
  try {
    await issueAndAnswer(authority, work, decision, [...recorded(archived), ...keyArchived], 'Issued');
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    const isRecorded = (await authority.ports.database.request(requestId)) !== undefined;
    await authority.ports.database.commit([
      ...(isRecorded ? [] : recorded(undefined)),
      ...constructionFault(work, error),
    ]);
  }
}

/** Lint or the key said no: the row tells it, and a signing that was begun is not taken up again. */
export function constructionFault({ requestId, read, context }: Work, error: HresultError): Write[] {
  const status = `${error.message} ${formatHresult(error.hresult)}`;
  return [
    { delete: 'Signings', RequestID: requestId },
    {
      update: 'Requests',
      RequestID: requestId,
      set: {
        Disposition: DB_DISP.ERROR,
        StatusCode: error.hresult,
        DispositionMessage: 'Error Constructing or Publishing Certificate',
        ResolvedWhen: context.time,
      },
    },
    { append: 'Events', record: applicationEvent(context.time, 21, String(requestId), status, subjectOf(read)) },
  ];
}

/** Signs what policy decided and writes the outcome. Throws what lint, key or database say. */
export async function issueAndAnswer(
  authority: Authority,
  work: Work,
  decision: Extract<Decision, { action: 'issue' }>,
  before: readonly Write[],
  message: string,
): Promise<void> {
  const { requestId, caller, read, context } = work;
  const { clock } = authority.ports;
  const certificate = await issueCertificate(authority, decision.plan, {
    requestId,
    before,
    after: (issued) => {
      const identifier = findExtension(issued.tbsCertificate.extensions, '2.5.29.14');
      return [
        {
          update: 'Requests',
          RequestID: requestId,
          set: { Disposition: DB_DISP.ISSUED, StatusCode: 0, DispositionMessage: message, ResolvedWhen: clock.now() },
        },
        ...audit(context, 'requestIssued', [
          requestId,
          caller.accountName,
          formatAttributes(read),
          message,
          identifier ? formatHex(decodeSubjectKeyIdentifier(identifier.extnValue)) : '',
          formatName(issued.tbsCertificate.subject),
        ]),
      ];
    },
  });
  if (decision.template === undefined) return;
  try {
    await publishIssued(authority, decision.template, caller, certificate);
  } catch (error) {
    // The certificate is issued whether or not the directory takes it.
    if (!(error instanceof HresultError)) throw error;
    const event = applicationEvent(
      clock.now(),
      46,
      'Windows default',
      'Notify',
      `${error.message} ${formatHresult(error.hresult)}`,
    );
    await authority.ports.database.commit([{ append: 'Events', record: event }]);
  }
}

/** What is told and kept of a denial: row, event 53, audit 4888. */
export function denial(work: Work, error: HresultError): Write[] {
  const { requestId, caller, read, context } = work;
  const message = denialMessage(error);
  return [
    {
      update: 'Requests',
      RequestID: requestId,
      set: {
        Disposition: DB_DISP.DENIED,
        StatusCode: error.hresult,
        DispositionMessage: message,
        ResolvedWhen: context.time,
      },
    },
    {
      append: 'Events',
      record: applicationEvent(
        context.time,
        53,
        String(requestId),
        `${error.message} ${formatHresult(error.hresult)}`,
        subjectOf(read),
        message,
      ),
    },
    ...audit(context, 'requestRefused', [
      requestId,
      caller.accountName,
      formatAttributes(read),
      message,
      '',
      subjectOf(read),
    ]),
  ];
}

/** Codes of the archival itself have a message of their own (MS-WCCE 3.2.2.6.2.1.2.2). */
const ARCHIVAL_FAULTS: ReadonlySet<string> = new Set([
  'CERTSRV_E_KEY_ARCHIVAL_NOT_CONFIGURED',
  'CERTSRV_E_NO_VALID_KRA',
  'CRYPT_E_HASH_VALUE',
  'CRYPT_E_RECIPIENT_NOT_FOUND',
  'NTE_BAD_DATA',
  'NTE_BAD_TYPE',
  'NTE_BAD_KEY',
]);

function denialMessage(error: HresultError): string {
  if (ARCHIVAL_FAULTS.has(error.symbol)) return 'Error Archiving Private Key';
  if (error.symbol === 'CERTSRV_E_UNSUPPORTED_CERT_TYPE') {
    const named = error.detail ? `: ${error.detail.replace(/\.$/, '')}.` : '.';
    return `Denied by Policy Module  0x80094800, The request was for a certificate template that is not supported by the Active Directory Certificate Services policy${named}`;
  }
  return 'Denied by Policy Module';
}

export async function templateOf(authority: Authority, read: Intake): Promise<CertificateTemplate> {
  const { templates, published } = await authority.templates.read();
  return matchTemplate(requestedTemplate(read), templates, published);
}

function decide(
  authority: Authority,
  configuration: Configuration,
  { read, caller }: Work,
  template: CertificateTemplate | undefined,
): Promise<Decision> {
  if (template === undefined) return decideStandAlone(authority, configuration, { intake: read, approved: false });
  return decideByTemplate(authority, configuration, { intake: read, requester: caller, template, approved: false });
}

function acceptKey(authority: Authority, configuration: Configuration, read: Intake): Promise<AcceptedKey> {
  return acceptArchivedKey(authority, configuration, {
    archivedKey: read.archivedKey!,
    encryptedKeyHash: read.encryptedKeyHash,
    publicKey: read.certificationRequest.certificationRequestInfo.subjectPKInfo.raw,
  });
}

/** The row of bytes that are no request: they are kept as they came, unless a private key may be among them. */
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
  const status = `${error.message} ${formatHresult(error.hresult)}`;
  return [
    {
      insert: 'Requests',
      row: {
        RequestID: requestId,
        // What could not be taken apart is kept only in size: it may hold an encrypted private key that nobody stripped.
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
    {
      append: 'Events',
      record: applicationEvent(
        context.time,
        21,
        String(requestId),
        status,
        `(${request.length} bytes that are no request)`,
      ),
    },
    ...audit(context, 'requestRefused', [requestId, caller.accountName, '', message, '', ''], 'failure'),
  ];
}

function formatAttributes(read: Intake): string {
  return read.attributes.map(([name, value]) => `${name}:${value}`).join('; ');
}

function subjectOf(read: Intake): string {
  return formatName(read.certificationRequest.certificationRequestInfo.subject);
}
