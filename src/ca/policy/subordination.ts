/** What a request may bind a certification authority to: qualified subordination, cross-certification (document 003). */
import { hresult } from '#hresult/hresult-error';
import type { Extension } from '#pki/x509/extension';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import type { PlannedExtension } from '../issue/certificate-plan.ts';
import type { Intake } from '../request/intake.ts';
import { EXTENSION_ORIGIN } from '../schema/extension-flags.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { generalFlag, hasFlag } from '../template/flags.ts';

const CONSTRAINTS: readonly string[] = [
  EXTENSIONS.nameConstraints.oid,
  EXTENSIONS.policyMappings.oid,
  EXTENSIONS.policyConstraints.oid,
  EXTENSIONS.inhibitAnyPolicy.oid,
  EXTENSIONS.applicationPolicyMappings.oid,
  EXTENSIONS.applicationPolicyConstraints.oid,
  EXTENSIONS.crossCertDistPoints.oid,
];

/** Where the template has none of its own. */
const POLICIES: readonly string[] = [EXTENSIONS.certificatePolicies.oid, EXTENSIONS.applicationPolicies.oid];

export function isCaTemplate({ flags }: CertificateTemplate): boolean {
  return hasFlag(flags, generalFlag('CT_FLAG_IS_CA')) || isCrossCaTemplate({ flags });
}

export function isCrossCaTemplate({ flags }: Pick<CertificateTemplate, 'flags'>): boolean {
  return hasFlag(flags, generalFlag('CT_FLAG_IS_CROSS_CA'));
}

/** A template whose requests somebody qualified signs lets him bind the CA below; no other listens to the request. */
function listensToRequest(template: CertificateTemplate): boolean {
  return isCaTemplate(template) && template.raSignatures > 0;
}

export function subordinationExtensions(
  template: CertificateTemplate,
  requested: readonly Extension[],
): PlannedExtension[] {
  if (!listensToRequest(template)) return [];
  const own = [
    template.certificatePolicies.length > 0 ? EXTENSIONS.certificatePolicies.oid : '',
    template.applicationPolicies.length > 0 ? EXTENSIONS.applicationPolicies.oid : '',
  ];
  return requested
    .filter(({ extnID }) => CONSTRAINTS.includes(extnID) || (POLICIES.includes(extnID) && !own.includes(extnID)))
    .map((extension) => ({ ...extension, origin: EXTENSION_ORIGIN.REQUEST }));
}

/** The shorter of the two, where the request may say. Undefined is without end. */
export function pathLength(template: CertificateTemplate, requested: readonly Extension[]): number | undefined {
  const most = template.maxIssuingDepth === -1 ? undefined : template.maxIssuingDepth;
  const asked = extensionValue(requested, EXTENSIONS.basicConstraints)?.pathLenConstraint;
  if (asked === undefined || !listensToRequest(template)) return most;
  return most === undefined ? asked : Math.min(most, asked);
}

/**
 * A request for a cross-certificate proves no key of its own: it is for templates for that alone. Throws NTE_BAD_SIGNATURE.
 */
export function requireProvenKey({ crossCertified }: Intake, template: CertificateTemplate | undefined): void {
  if (!crossCertified || (template && isCrossCaTemplate(template) && template.raSignatures > 0)) return;
  throw hresult('NTE_BAD_SIGNATURE', 'The request is not signed by the key it asks a certificate for.');
}
