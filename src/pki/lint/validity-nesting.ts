import type { TBSCertificate } from '../x509/certificate.ts';
import type { LintRule } from './rule.ts';

/** AD CS shortens what would outlive its own certificate; path validation of RFC 5280 would let it pass. */
export const validityNesting: LintRule<TBSCertificate> = {
  name: 'validity-nesting',
  clause: 'MS-WCCE 3.2.1.4.2.1.4',
  severity: 'error',
  *check({ validity }, issuer) {
    const end = issuer.tbsCertificate.validity.notAfter;
    if (validity.notAfter > end) {
      yield `the certificate ends ${validity.notAfter.toISOString()}, after its issuer's ${end.toISOString()}`;
    }
  },
};
