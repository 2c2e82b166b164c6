/** What the service shows from one look at its certificate to the next. */
import type { Authority } from '#ca/authority';
import { type CertificateFault, ServiceCertificateWatch } from '#ca/service/service-events';
import type { GeneralName } from '#pki/x509/general-name';
import { type ServiceIdentity, serviceIdentity } from './tls-identity.ts';

/** A self-signed certificate is made anew this long before its end. */
const DAY_MS = 24 * 60 * 60 * 1000;

export class ShownIdentity {
  readonly #authority: Authority;
  readonly #names: readonly GeneralName[];
  readonly #show: (identity: ServiceIdentity) => Promise<void>;
  readonly #watch = new ServiceCertificateWatch();
  #shown: ServiceIdentity | undefined;

  /** `show` is called with each identity that is another than the one before. */
  constructor(authority: Authority, names: readonly GeneralName[], show: (identity: ServiceIdentity) => Promise<void>) {
    this.#authority = authority;
    this.#names = names;
    this.#show = show;
  }

  /**
   * Shows what the CA has issued, or a self-signed certificate where it has issued none that is valid: machines that joined
   * refuse both an ended and a self-signed one, but commands on the machine of the CA, which may be needed to mend it, go on.
   * What kept the CA from issuing is answered, and told in its event log.
   */
  async renew(): Promise<CertificateFault | undefined> {
    const identity = await serviceIdentity(this.#authority, this.#names);
    if (!this.#isKept(identity)) {
      await this.#show(identity);
      this.#shown = identity;
    }
    const { fault: error, isSelfSigned, ends } = identity;
    const fault = error && { error, ends: isSelfSigned ? undefined : ends };
    await this.#watch.tell(this.#authority, fault);
    return fault;
  }

  /** Who has just read what to trust would not find a self-signed one again. */
  #isKept({ cert, isSelfSigned }: ServiceIdentity): boolean {
    if (this.#shown === undefined) return false;
    if (!isSelfSigned) return cert === this.#shown.cert;
    return (
      this.#shown.isSelfSigned && this.#shown.ends.getTime() - DAY_MS > this.#authority.ports.clock.now().getTime()
    );
  }
}
