import type { HresultError } from '#hresult/hresult-error';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import { type AuditContext, audit } from '../audit/audit.ts';
import type { Write } from '../ports.ts';
import { DB_DISP } from '../schema/dispositions.ts';

/** The request whose certificate cannot be made. */
export interface FaultedRequest {
  readonly requestId: number;
  readonly requesterName: string;
  readonly requestAttributes: string;
  readonly subject: string;
}

/**
 * Lint or the key said no, and row, event 21 and audit 4888 tell it. A signing that was begun stays on record: a certificate
 * manager who resubmits the request has the same bytes signed.
 */
export function constructionFault(context: AuditContext, request: FaultedRequest, error: HresultError): Write[] {
  const { requestId, requesterName, requestAttributes, subject } = request;
  const message = 'Error Constructing or Publishing Certificate';
  return [
    {
      update: 'Requests',
      RequestID: requestId,
      set: {
        Disposition: DB_DISP.ERROR,
        StatusCode: error.hresult,
        DispositionMessage: message,
        ResolvedWhen: context.time,
      },
    },
    { append: 'Events', record: applicationEvent(context.time, 21, String(requestId), statusText(error), subject) },
    ...audit(context, 'requestRefused', [requestId, requesterName, requestAttributes, message, '', subject], 'failure'),
  ];
}
