import { isSameBytes } from '../asn1/bytes.ts';
import type { TBSCertificate } from '../x509/certificate.ts';
import type { TBSCertList } from '../x509/certificate-list.ts';
import { EXTENSIONS, extensionValue } from '../x509/extensions/extension-table.ts';
import { extensionsOf } from './extensions-of.ts';
import type { LintRule } from './rule.ts';

/** A self-signed certificate may do without (RFC 5280 §4.2.1.1). */
export const authorityKeyIdentifier: LintRule<TBSCertificate | TBSCertList> = {
  name: 'authority-key-identifier',
  clause: 'RFC 5280 §4.2.1.1, §5.2.1',
  severity: 'error',
  *check(tbs, issuer) {
    const identifier = extensionValue(extensionsOf(tbs), EXTENSIONS.authorityKeyIdentifier);
    if (!identifier) {
      if (!isSelfSigned(tbs, issuer.tbsCertificate)) yield 'the authority key identifier is missing';
      return;
    }
    if (!identifier.keyIdentifier) yield 'the authority key identifier has no keyIdentifier';
    const expected = extensionValue(issuer.tbsCertificate.extensions, EXTENSIONS.subjectKeyIdentifier);
    if (identifier.keyIdentifier && expected && !isSameBytes(identifier.keyIdentifier, expected)) {
      yield "the authority key identifier is not the issuer's subject key identifier";
    }
  },
};

function isSelfSigned(tbs: TBSCertificate | TBSCertList, issuer: TBSCertificate): boolean {
  return (
    'subjectPublicKeyInfo' in tbs &&
    isSameBytes(tbs.subject.raw, tbs.issuer.raw) &&
    isSameBytes(tbs.subjectPublicKeyInfo.raw, issuer.subjectPublicKeyInfo.raw)
  );
}
