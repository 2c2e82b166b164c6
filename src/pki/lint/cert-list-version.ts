import type { TBSCertList } from '../x509/certificate-list.ts';
import type { LintRule } from './rule.ts';

export const certListVersion: LintRule<TBSCertList> = {
  name: 'cert-list-version',
  clause: 'RFC 5280 §5.1.2.1',
  severity: 'error',
  *check({ version }) {
    if (version !== 2) yield 'the CRL is not of version 2';
  },
};
