import type { TBSCertificate } from '../x509/certificate.ts';
import type { LintRule } from './rule.ts';

export const validityOrder: LintRule<TBSCertificate> = {
  name: 'validity-order',
  clause: 'RFC 5280 §4.1.2.5',
  severity: 'error',
  *check({ validity }) {
    if (validity.notAfter <= validity.notBefore) yield 'the validity ends before it begins';
  },
};
