import type { TBSCertificate } from '../x509/certificate.ts';
import { EXTENSIONS, extensionValue } from '../x509/extensions/extension-table.ts';
import type { LintRule } from './rule.ts';

export const subjectKeyIdentifier: LintRule<TBSCertificate> = {
  name: 'subject-key-identifier',
  clause: 'RFC 5280 §4.2.1.2',
  severity: 'error',
  *check({ extensions }) {
    const identifier = extensionValue(extensions, EXTENSIONS.subjectKeyIdentifier);
    if (identifier?.length === 0) yield 'the subject key identifier is empty';
    if (!identifier && extensionValue(extensions, EXTENSIONS.basicConstraints)?.cA) {
      yield 'a CA certificate without subject key identifier';
    }
  },
};
