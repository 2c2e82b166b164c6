import type { TBSCertificate } from '../x509/certificate.ts';
import { EXTENSIONS, extensionValue } from '../x509/extensions/extension-table.ts';
import { KEY_USAGE } from '../x509/extensions/key-usage.ts';
import type { LintRule } from './rule.ts';

export const keyUsageNotEmpty: LintRule<TBSCertificate> = {
  name: 'key-usage-not-empty',
  clause: 'RFC 5280 §4.2.1.3',
  severity: 'error',
  *check({ extensions }) {
    const usage = extensionValue(extensions, EXTENSIONS.keyUsage);
    if (usage === undefined) return;
    if (usage === 0) yield 'the key usage has no bit set';
    const only = KEY_USAGE.encipherOnly | KEY_USAGE.decipherOnly;
    if (usage & only && !(usage & KEY_USAGE.keyAgreement)) {
      yield 'encipherOnly or decipherOnly without keyAgreement';
    }
  },
};
