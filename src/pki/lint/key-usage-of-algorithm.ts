import { publicKeyKind } from '../crypto/public-key.ts';
import type { TBSCertificate } from '../x509/certificate.ts';
import { EXTENSIONS, extensionValue } from '../x509/extensions/extension-table.ts';
import { KEY_USAGE } from '../x509/extensions/key-usage.ts';
import type { LintRule } from './rule.ts';

/** A warning: a template gives its key usage to keys of every kind, and AD CS issues that. */
export const keyUsageOfAlgorithm: LintRule<TBSCertificate> = {
  name: 'key-usage-of-algorithm',
  clause: 'RFC 4055 §1.2, RFC 8813 §3',
  severity: 'warning',
  *check({ extensions, subjectPublicKeyInfo }) {
    const usage = extensionValue(extensions, EXTENSIONS.keyUsage) ?? 0;
    const { type } = publicKeyKind(subjectPublicKeyInfo);
    if (type === 'rsa' && usage & (KEY_USAGE.keyAgreement | KEY_USAGE.encipherOnly | KEY_USAGE.decipherOnly)) {
      yield 'key agreement with an RSA key';
    }
    if (type === 'ec' && usage & (KEY_USAGE.keyEncipherment | KEY_USAGE.dataEncipherment)) {
      yield 'encipherment with an elliptic curve key';
    }
  },
};
