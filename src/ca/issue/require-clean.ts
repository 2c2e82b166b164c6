import { hresult } from '#hresult/hresult-error';
import { type LintFinding, lintCertificate, lintCertList } from '#pki/lint/lint';
import type { Certificate, TBSCertificate } from '#pki/x509/certificate';
import type { TBSCertList } from '#pki/x509/certificate-list';

/** RFC 5280's rules, held against what is about to be signed. Throws CERT_E_MALFORMED with every fault and its clause. */
export function requireCleanCertificate(toBeSigned: TBSCertificate, issuer: Pick<Certificate, 'tbsCertificate'>): void {
  requireNoFaults(lintCertificate(toBeSigned, issuer));
}

export function requireCleanCertList(toBeSigned: TBSCertList, issuer: Certificate): void {
  requireNoFaults(lintCertList(toBeSigned, issuer));
}

function requireNoFaults(findings: readonly LintFinding[]): void {
  const faults = findings.filter(({ severity }) => severity === 'error');
  if (faults.length > 0)
    throw hresult('CERT_E_MALFORMED', faults.map(({ text, clause }) => `${text} (${clause})`).join('; '));
}
