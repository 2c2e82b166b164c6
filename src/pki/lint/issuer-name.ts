import { isEmptyName, isSameName, type Name } from '../x509/name.ts';
import type { LintRule } from './rule.ts';

export const issuerName: LintRule<{ readonly issuer: Name }> = {
  name: 'issuer-name',
  clause: 'RFC 5280 §4.1.2.4, §5.1.2.3',
  severity: 'error',
  *check(tbs, issuer) {
    if (isEmptyName(tbs.issuer)) yield 'the issuer is empty';
    else if (!isSameName(tbs.issuer, issuer.tbsCertificate.subject)) yield "the issuer is not the issuer's subject";
  },
};
