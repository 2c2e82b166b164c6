import type { HresultError } from '#hresult/hresult-error';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import { audit } from '../audit/audit.ts';
import type { Write } from '../ports.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import type { RequestRow } from '../schema/requests.ts';
import { requestedTokens } from '../template/matching.ts';
import type { Intake } from './intake.ts';
import { requestedTemplate } from './requested-template.ts';
import { auditFields, subjectOf, type Work } from './work.ts';

/** What is told and kept of a denial: row, event 53 (21 where no policy denied it), audit 4888. */
export function denial(
  work: Work,
  error: HresultError,
  options: {
    /** In place of policy's. */
    readonly message?: string;
    /** The CA could not do its part, as with no valid recovery agent: document 004 prints event 21 for these. */
    readonly isFault?: boolean;
    readonly set?: Omit<Partial<RequestRow>, 'RequestID'>;
    readonly whenDisposition?: readonly number[];
  } = {},
): Write[] {
  const { requestId, read, context } = work;
  const message = options.message ?? policyMessage(error, read);
  return [
    {
      update: 'Requests',
      RequestID: requestId,
      set: {
        Disposition: DB_DISP.DENIED,
        StatusCode: error.hresult,
        DispositionMessage: message,
        ResolvedWhen: context.time,
        ...options.set,
      },
      ...(options.whenDisposition ? { whenDisposition: options.whenDisposition } : {}),
    },
    {
      append: 'Events',
      record: options.isFault
        ? applicationEvent(context.time, 21, String(requestId), statusText(error), work.caller.accountName)
        : applicationEvent(context.time, 53, String(requestId), statusText(error), subjectOf(read), message),
    },
    ...audit(context, 'requestRefused', auditFields(work, message)),
  ];
}

/** Clients look for the name of the template they asked for in AD CS's own sentence. */
function policyMessage(error: HresultError, read: Intake): string {
  if (error.symbol !== 'CERTSRV_E_UNSUPPORTED_CERT_TYPE') return 'Denied by Policy Module';
  const [template] = requestedTokens(requestedTemplate(read));
  return `Denied by Policy Module  0x80094800, The request was for a certificate template that is not supported by the Active Directory Certificate Services policy: ${template}.`;
}
