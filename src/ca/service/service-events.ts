/** Events that AD CS does not have: under a source of their own, so that no number is taken for one of AD CS. */
import type { HresultError } from '#hresult/hresult-error';
import { type ApplicationEvent, eventOf, statusText } from '../audit/application-events.ts';
import type { Authority } from '../authority.ts';

const SOURCE = 'Certhaven';

const NOT_RENEWED: ApplicationEvent = {
  level: 'warning',
  text: 'The certificate of the service could not be renewed. It is shown until it ends at %1.  %2',
};
const SELF_SIGNED: ApplicationEvent = {
  level: 'error',
  text: 'The service has no valid certificate of its CA. It shows a self-signed one, which no other machine trusts.  %1',
};

/** Told again each day: the log is append-only, and the service tries every few minutes. */
const AGAIN_MS = 24 * 60 * 60 * 1000;

/** What keeps the CA from issuing a certificate for its service, and what the service shows meanwhile. */
export interface CertificateFault {
  readonly error: HresultError;
  /** The end of the certificate that is shown; undefined where it is a self-signed one. */
  readonly ends: Date | undefined;
}

/** Tells in the event log that the service's certificate could not be renewed: when that begins, when it changes, each day. */
export class ServiceCertificateWatch {
  #told = '';
  #again = 0;

  async tell(authority: Authority, fault: CertificateFault | undefined): Promise<void> {
    const now = authority.ports.clock.now();
    const state = fault ? `${fault.error.symbol} ${fault.ends?.toISOString()}` : '';
    if (state === this.#told && now.getTime() < this.#again) return;
    this.#told = state;
    this.#again = now.getTime() + AGAIN_MS;
    if (fault === undefined) return;
    const { error, ends } = fault;
    const event = ends
      ? eventOf(SOURCE, NOT_RENEWED, now, 1, [ends.toISOString(), statusText(error)])
      : eventOf(SOURCE, SELF_SIGNED, now, 2, [statusText(error)]);
    await authority.unfinished.tell(authority, event);
  }
}
