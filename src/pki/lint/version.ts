import type { TBSCertificate } from '../x509/certificate.ts';
import type { LintRule } from './rule.ts';

export const version: LintRule<TBSCertificate> = {
  name: 'version',
  clause: 'RFC 5280 §4.1.2.1',
  severity: 'error',
  *check(tbs) {
    if (tbs.extensions.length > 0 && tbs.version !== 3) yield `a version ${tbs.version} certificate has extensions`;
    if ((tbs.issuerUniqueID || tbs.subjectUniqueID) && tbs.version === 1) {
      yield 'a version 1 certificate has unique identifiers';
    }
  },
};
