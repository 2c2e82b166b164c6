/**
 * The application event log of a certification authority, in the wording of Server 2008 and to the letter where document 004
 * prints it. `%1`, `%2` … in the text are the event's variables.
 */
import { formatHresult } from '#hresult/format';
import type { HresultError } from '#hresult/hresult-error';
import type { EventRecord } from './event-record.ts';

const EVENT_SOURCE = 'Microsoft-Windows-CertificationAuthority';

const ADCS = 'Active Directory Certificate Services';

export interface ApplicationEvent {
  readonly level: EventRecord['level'];
  readonly text: string;
}

export const APPLICATION_EVENTS = {
  5: {
    level: 'error',
    text: `${ADCS} could not find required registry information. The ${ADCS} may need to be reinstalled.  %1`,
  },
  6: { level: 'information', text: `${ADCS} issued a certificate for request %1 for %2.` },
  8: { level: 'information', text: `${ADCS} left request %1 pending in the queue for %2.` },
  21: { level: 'error', text: `${ADCS} could not process request %1 due to an error: %2. The request was for %3.` },
  26: { level: 'information', text: `${ADCS} for %1 was started.` },
  38: { level: 'information', text: `${ADCS} for %1 was stopped.` },
  46: { level: 'error', text: 'The "%1" Exit Module "%2" method returned an error. %3' },
  53: {
    level: 'warning',
    text: `${ADCS} denied request %1 because %2. The request was for %3. Additional information: %4`,
  },
  65: { level: 'error', text: `${ADCS} could not publish a Base CRL for key %1 to the following location: %2. %3.` },
  68: { level: 'information', text: `${ADCS} successfully published Base CRL(s) for key %1.` },
  // No edition of Certhaven is without key archival, so that this one is never written; it stands here to be read.
  80: {
    level: 'error',
    text: `${ADCS} could not publish a Certificate for request %1 to the following location: %2. %3.`,
  },
  81: { level: 'error', text: `${ADCS} key archival is only supported on Advanced Server.  %1` },
  82: {
    level: 'error',
    text: `${ADCS} could only verify %1 of %2 key recovery certificates required to enable private key archival. Requests to archive private keys will not be accepted.`,
  },
  83: {
    level: 'error',
    text: `${ADCS} encountered an error loading key recovery certificates. Requests to archive private keys will not be accepted.  %1`,
  },
  84: {
    level: 'error',
    text: `${ADCS} will not use key recovery certificate %1 because it could not be verified for use as a Key Recovery Agent.  %2  %3`,
  },
  85: { level: 'error', text: `${ADCS} ignored key recovery certificate %1 because it could not be loaded.  %2  %3` },
  86: {
    level: 'warning',
    text: `${ADCS} could not use the provider specified in the registry for encryption keys.  %1`,
  },
  87: { level: 'error', text: `${ADCS} could not use the default provider for encryption keys.  %1` },
  88: { level: 'warning', text: `${ADCS} switched to the default provider for encryption keys. %1` },
  93: {
    level: 'warning',
    text: `The certificate (#%1) of ${ADCS} %2 does not exist in the certificate store at CN=NTAuthCertificates,CN=Public Key Services,CN=Services in the Active Directory's configuration container. The directory replication may not be completed.`,
  },
  96: { level: 'error', text: `${ADCS} could not create an encryption certificate.  %1.  %2.` },
  98: {
    level: 'error',
    text: `${ADCS} encountered errors validating configured key recovery certificates. Requests to archive private keys will no longer be accepted.`,
  },
  100: { level: 'error', text: `${ADCS} did not start: Could not load or verify the current CA certificate. %1 %2.` },
  104: { level: 'information', text: `${ADCS} published certificate %1 to %2.` },
  106: { level: 'error', text: `${ADCS} cannot add certificate %1 to %2. %3. %4.` },
  127: {
    level: 'warning',
    text: 'Key recovery certificate %1 is about to expire soon and will not be used upon expiration. Contact your adminstrator to renew this certificate.  %2  %3',
  },
  130: {
    level: 'error',
    text: `${ADCS} could not create a certificate revocation list. %1. This may cause applications that need to check the revocation status of certificates issued by this CA to fail. You can recreate the certificate revocation list manually by running the following command: "certutil -CRL". If the problem persists, restart Certificate Services.`,
  },
} as const satisfies Record<number, ApplicationEvent>;

export type ApplicationEventId = keyof typeof APPLICATION_EVENTS;

export function applicationEvent(
  time: Date,
  eventId: ApplicationEventId,
  ...variables: readonly string[]
): EventRecord {
  return eventOf(EVENT_SOURCE, APPLICATION_EVENTS[eventId], time, eventId, variables);
}

export function eventOf(
  source: string,
  { level, text }: ApplicationEvent,
  time: Date,
  eventId: number,
  variables: readonly string[],
): EventRecord {
  return {
    time,
    source,
    eventId,
    level,
    text: text.replace(/%([1-9])/g, (whole, number: string) => variables[Number(number) - 1] ?? whole),
    variables,
  };
}

/** An error as the events print it: what went wrong, then the code. */
export function statusText(error: HresultError): string {
  return `${error.message} ${formatHresult(error.hresult)}`;
}
