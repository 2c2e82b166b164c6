import type { TBSCertificate } from '../x509/certificate.ts';
import { findExtension } from '../x509/extension.ts';
import { EXTENSIONS, extensionValue } from '../x509/extensions/extension-table.ts';
import type { LintRule } from './rule.ts';

export const basicConstraintsOfCa: LintRule<TBSCertificate> = {
  name: 'basic-constraints-of-ca',
  clause: 'RFC 5280 §4.2.1.9',
  severity: 'error',
  *check({ extensions }) {
    const constraints = extensionValue(extensions, EXTENSIONS.basicConstraints);
    if (!constraints) return;
    if (constraints.cA && !findExtension(extensions, EXTENSIONS.basicConstraints.oid)?.critical) {
      yield 'the basic constraints of a CA certificate are not critical';
    }
    if (constraints.pathLenConstraint === undefined) return;
    if (!constraints.cA) yield 'a path length constraint on what is no CA';
    if (constraints.pathLenConstraint < 0) yield 'the path length constraint is negative';
  },
};
