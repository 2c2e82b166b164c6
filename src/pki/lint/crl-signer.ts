import type { TBSCertList } from '../x509/certificate-list.ts';
import { EXTENSIONS, extensionValue } from '../x509/extensions/extension-table.ts';
import { KEY_USAGE } from '../x509/extensions/key-usage.ts';
import type { LintRule } from './rule.ts';

export const crlSigner: LintRule<TBSCertList> = {
  name: 'crl-signer',
  clause: 'RFC 5280 §6.3.3 (f)',
  severity: 'error',
  *check(_tbs, issuer) {
    const usage = extensionValue(issuer.tbsCertificate.extensions, EXTENSIONS.keyUsage);
    if (usage !== undefined && !(usage & KEY_USAGE.cRLSign)) yield "the issuer's key usage lacks cRLSign";
  },
};
