import type { TBSCertificate } from '../x509/certificate.ts';
import { EXTENSIONS, extensionValue } from '../x509/extensions/extension-table.ts';
import type { LintRule } from './rule.ts';

export const extendedKeyUsageNotEmpty: LintRule<TBSCertificate> = {
  name: 'extended-key-usage-not-empty',
  clause: 'RFC 5280 §4.2.1.12',
  severity: 'error',
  *check({ extensions }) {
    if (extensionValue(extensions, EXTENSIONS.extKeyUsage)?.length === 0) yield 'the extended key usage is empty';
  },
};
