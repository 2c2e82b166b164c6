import type { AuthorityPorts } from '#ca/authority';
import type { CertificateStores } from '#certstore/ports/certificate-store';

/** What looking at a CA needs: it is at rest or runs, and nothing is written. */
export interface DoctorPorts extends Pick<AuthorityPorts, 'clock' | 'providers'> {
  /** The machine's, with the properties of their entries. */
  readonly certificateStores: CertificateStores;
}
