import type { Certificate } from '../certificate.ts';
import type { CertificateList } from '../certificate-list.ts';

/** Where path validation gets CRLs from: the CA's own database, a store, the URLs of the certificate. */
export interface RevocationSource {
  /**
   * Base and delta CRLs that may cover `certificate`, in any order, none where there are none to be had. They need not be
   * checked: those of another issuer or key, stale ones and ones of another scope are passed over. An HresultError thrown
   * here counts as no CRL.
   */
  certificateLists(certificate: Certificate, issuer: Certificate): Promise<readonly CertificateList[]>;
}
