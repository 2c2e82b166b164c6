import type { TBSCertificate } from '../x509/certificate.ts';
import { EXTENSIONS, extensionValue } from '../x509/extensions/extension-table.ts';
import { KEY_USAGE } from '../x509/extensions/key-usage.ts';
import type { LintRule } from './rule.ts';

export const keyCertSign: LintRule<TBSCertificate> = {
  name: 'key-cert-sign',
  clause: 'RFC 5280 §4.2.1.3, §4.2.1.9',
  severity: 'error',
  *check({ extensions }) {
    const usage = extensionValue(extensions, EXTENSIONS.keyUsage);
    const isCa = extensionValue(extensions, EXTENSIONS.basicConstraints)?.cA ?? false;
    const signsCertificates = usage !== undefined && (usage & KEY_USAGE.keyCertSign) !== 0;
    if (signsCertificates && !isCa) yield 'keyCertSign without basic constraints that say CA';
    if (isCa && usage === undefined) yield 'a CA certificate without key usage';
    if (isCa && usage !== undefined && !signsCertificates) yield 'a CA certificate without keyCertSign';
  },
};
