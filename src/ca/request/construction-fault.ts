import type { HresultError } from '#hresult/hresult-error';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import type { Write } from '../ports.ts';
import { DB_DISP } from '../schema/dispositions.ts';

/**
 * Lint or the key said no, and the row tells it. A signing that was begun stays on record: a certificate manager who
 * resubmits the request has the same bytes signed.
 */
export function constructionFault(requestId: number, time: Date, subject: string, error: HresultError): Write[] {
  return [
    {
      update: 'Requests',
      RequestID: requestId,
      set: {
        Disposition: DB_DISP.ERROR,
        StatusCode: error.hresult,
        DispositionMessage: 'Error Constructing or Publishing Certificate',
        ResolvedWhen: time,
      },
    },
    { append: 'Events', record: applicationEvent(time, 21, String(requestId), statusText(error), subject) },
  ];
}
