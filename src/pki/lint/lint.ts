/**
 * Lint before sign: rules of RFC 5280 and of AD CS held against a certificate or CRL before its signature exists. A fault
 * found later can only be revoked.
 */
import { HresultError } from '#hresult/hresult-error';
import type { TBSCertificate } from '../x509/certificate.ts';
import type { TBSCertList } from '../x509/certificate-list.ts';
import type { Extension } from '../x509/extension.ts';
import { authorityKeyIdentifier } from './authority-key-identifier.ts';
import { basicConstraintsOfCa } from './basic-constraints-of-ca.ts';
import { certListTimes } from './cert-list-times.ts';
import { certListVersion } from './cert-list-version.ts';
import { crlNumber } from './crl-number.ts';
import { crlSigner } from './crl-signer.ts';
import { deltaCrlIndicator } from './delta-crl-indicator.ts';
import { duplicateExtensions } from './duplicate-extensions.ts';
import { entryReasons } from './entry-reasons.ts';
import { extendedKeyUsageNotEmpty } from './extended-key-usage-not-empty.ts';
import { extensionCriticality } from './extension-criticality.ts';
import { extensionEncoding } from './extension-encoding.ts';
import { issuerName } from './issuer-name.ts';
import { keyCertSign } from './key-cert-sign.ts';
import { keySize } from './key-size.ts';
import { keyUsageNotEmpty } from './key-usage-not-empty.ts';
import { keyUsageOfAlgorithm } from './key-usage-of-algorithm.ts';
import type { LintFinding, LintIssuer, LintRule } from './rule.ts';
import { serialNumber } from './serial-number.ts';
import { signatureAlgorithm } from './signature-algorithm.ts';
import { subjectAltNameOfEmptySubject } from './subject-alt-name-of-empty-subject.ts';
import { subjectKeyIdentifier } from './subject-key-identifier.ts';
import { validityEncoding } from './validity-encoding.ts';
import { validityNesting } from './validity-nesting.ts';
import { validityOrder } from './validity-order.ts';
import { version } from './version.ts';
import { weakKey } from './weak-key.ts';

export type { LintFinding } from './rule.ts';

const CERTIFICATE_RULES: readonly LintRule<TBSCertificate>[] = [
  version,
  serialNumber,
  signatureAlgorithm,
  issuerName,
  validityEncoding,
  validityOrder,
  validityNesting,
  keySize,
  weakKey,
  authorityKeyIdentifier,
  subjectKeyIdentifier,
  basicConstraintsOfCa,
  keyUsageNotEmpty,
  keyUsageOfAlgorithm,
  keyCertSign,
  extendedKeyUsageNotEmpty,
  subjectAltNameOfEmptySubject,
];

const CERT_LIST_RULES: readonly LintRule<TBSCertList>[] = [
  certListVersion,
  signatureAlgorithm,
  issuerName,
  certListTimes,
  authorityKeyIdentifier,
  crlSigner,
  crlNumber,
  deltaCrlIndicator,
  entryReasons,
];

const EXTENSION_RULES: readonly LintRule<readonly Extension[]>[] = [
  duplicateExtensions,
  extensionEncoding,
  extensionCriticality,
];

/** Findings in the order of the rules. `issuer` is the certificate's own, signed by whatever key, for a self-signed one. */
export function lintCertificate(tbsCertificate: TBSCertificate, issuer: LintIssuer): LintFinding[] {
  return [
    ...findings(CERTIFICATE_RULES, tbsCertificate, issuer),
    ...findings(EXTENSION_RULES, tbsCertificate.extensions, issuer),
  ];
}

/** Reads every entry once. */
export function lintCertList(tbsCertList: TBSCertList, issuer: LintIssuer): LintFinding[] {
  return [
    ...findings(CERT_LIST_RULES, tbsCertList, issuer),
    ...findings(EXTENSION_RULES, tbsCertList.crlExtensions, issuer),
  ];
}

function* findings<T>(rules: readonly LintRule<T>[], subject: T, issuer: LintIssuer): Generator<LintFinding> {
  for (const rule of rules) {
    const { name, severity, clause } = rule;
    try {
      for (const text of rule.check(subject, issuer)) yield { rule: name, severity, text, clause };
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      yield { rule: name, severity: 'error', text: error.message, clause };
    }
  }
}
