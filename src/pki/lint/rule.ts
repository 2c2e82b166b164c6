import type { Certificate } from '../x509/certificate.ts';

/** As much of the issuer as rules look at: a root's certificate is held against itself before it is signed. */
export type LintIssuer = Pick<Certificate, 'tbsCertificate'>;

/** An `error` must not be signed; a `warning` is said and may be. */
export type LintSeverity = 'error' | 'warning';

/** One fault of what is about to be signed. */
export interface LintFinding {
  /** The rule's name, also that of its file. */
  readonly rule: string;
  readonly severity: LintSeverity;
  /** What is wrong, without a full stop. */
  readonly text: string;
  readonly clause: string;
}

/** `T` is what the rule looks at: TBSCertificate, TBSCertList, or the extensions of either. */
export interface LintRule<T> {
  readonly name: string;
  readonly clause: string;
  readonly severity: LintSeverity;
  /** The faults, each in a phrase. An HresultError thrown here becomes a finding too. */
  check(subject: T, issuer: LintIssuer): Iterable<string>;
}
