import { type HresultError, hresult } from '#hresult/hresult-error';
import type { Extension } from '../extension.ts';
import { EXTENSIONS, extensionRow } from '../extensions/extension-table.ts';

/** Extensions whose meaning this path validation obeys; others that we only decode must not be critical here. */
const PROCESSED: ReadonlySet<string> = new Set(
  [
    EXTENSIONS.subjectKeyIdentifier,
    EXTENSIONS.authorityKeyIdentifier,
    EXTENSIONS.keyUsage,
    EXTENSIONS.subjectAltName,
    EXTENSIONS.issuerAltName,
    EXTENSIONS.basicConstraints,
    EXTENSIONS.nameConstraints,
    EXTENSIONS.cRLDistributionPoints,
    EXTENSIONS.freshestCRL,
    EXTENSIONS.certificatePolicies,
    EXTENSIONS.policyMappings,
    EXTENSIONS.policyConstraints,
    EXTENSIONS.inhibitAnyPolicy,
    EXTENSIONS.extKeyUsage,
    EXTENSIONS.applicationPolicies,
    EXTENSIONS.authorityInfoAccess,
    EXTENSIONS.subjectInfoAccess,
    EXTENSIONS.ocspNocheck,
    EXTENSIONS.sMIMECapabilities,
    EXTENSIONS.enrollCertType,
    EXTENSIONS.certificateTemplate,
    EXTENSIONS.ntdsCaSecurity,
    EXTENSIONS.caVersion,
    EXTENSIONS.previousCaCertHash,
  ].map(({ oid }) => oid),
);

/** RFC 5280 §4.2: each at most once; §6.1.4 (o), §6.1.5 (f): a critical one is understood or the path fails. */
export function* checkExtensions(extensions: readonly Extension[]): Generator<HresultError> {
  const seen = new Set<string>();
  for (const { extnID, critical } of extensions) {
    if (seen.has(extnID)) {
      yield hresult('CERT_E_MALFORMED', `The extension ${extensionRow(extnID)?.name ?? extnID} stands twice.`);
    }
    seen.add(extnID);
    if (critical && !PROCESSED.has(extnID)) yield hresult('CERT_E_CRITICAL', `Extension ${extnID}.`);
  }
}
