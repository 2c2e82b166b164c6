/** The extensions a template asks for, as the policy module writes them. MS-WCCE 3.2.2.6.2.1.4.4 and .5. */
import { publicKeyKind } from '#pki/crypto/public-key';
import type { Extension } from '#pki/x509/extension';
import { EXTENSIONS, type ExtensionRow, extensionValue } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import type { GeneralName } from '#pki/x509/general-name';
import type { PlannedExtension } from '../issue/certificate-plan.ts';
import { plannedExtension } from '../issue/planned-extension.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { signsIn } from '../template/esc.ts';
import { enrollmentFlag, hasFlag, nameFlag } from '../template/flags.ts';
import { isCaTemplate, pathLength, subordinationExtensions } from './subordination.ts';

export interface TemplateSubject {
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly subjectAltName: readonly GeneralName[];
  readonly isSubjectEmpty: boolean;
  /** Of the requester the directory vouches for. */
  readonly sid: string;
  readonly requested: readonly Extension[];
}

/**
 * In the order in which AD CS writes them. What the requester asked for decides none of these but S/MIME
 * capabilities, and what somebody qualified asks of a CA.
 */
export function templateExtensions(template: CertificateTemplate, subject: TemplateSubject): PlannedExtension[] {
  const asTheTemplateSays = <T>(type: ExtensionRow<T>, value: T, mustBeCritical = false) =>
    plannedExtension(type, value, { critical: mustBeCritical || template.criticalExtensions.includes(type.oid) });
  const { extendedKeyUsage, certificatePolicies } = template;
  const usage = keyUsage(template, subject.publicKey);
  const constraints = basicConstraints(template, subject.requested);
  const extensions: (PlannedExtension | undefined)[] = [
    usage === 0 ? undefined : asTheTemplateSays(EXTENSIONS.keyUsage, usage),
    smimeCapabilities(template, subject.requested),
    extendedKeyUsage.length > 0 ? asTheTemplateSays(EXTENSIONS.extKeyUsage, extendedKeyUsage) : undefined,
    templateIdentity(template),
    // Only version 2 and later have application policies; what a requester sends for version 1 is dropped (CVE-2024-49019).
    template.schemaVersion > 1 && template.applicationPolicies.length > 0
      ? asTheTemplateSays(EXTENSIONS.applicationPolicies, policyInformation(template.applicationPolicies))
      : undefined,
    certificatePolicies.length > 0
      ? asTheTemplateSays(EXTENSIONS.certificatePolicies, policyInformation(certificatePolicies))
      : undefined,
    // RFC 5280 §4.2.1.9: critical in every CA certificate.
    constraints && asTheTemplateSays(EXTENSIONS.basicConstraints, constraints, constraints.cA),
    // RFC 5280 §4.2.1.6: critical where the subject is empty.
    subject.subjectAltName.length > 0
      ? asTheTemplateSays(EXTENSIONS.subjectAltName, subject.subjectAltName, subject.isSubjectEmpty)
      : undefined,
    hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_ADD_OCSP_NOCHECK'))
      ? plannedExtension(EXTENSIONS.ocspNocheck, true)
      : undefined,
    namesHolder(template) ? plannedExtension(EXTENSIONS.ntdsCaSecurity, subject.sid) : undefined,
    ...subordinationExtensions(template, subject.requested),
  ];
  return extensions.filter((extension) => extension !== undefined);
}

/** Version 1 is named by its common name, later ones by OID and version. */
export function templateIdentity(template: CertificateTemplate): PlannedExtension {
  if (template.schemaVersion === 1) return plannedExtension(EXTENSIONS.enrollCertType, template.cn);
  return plannedExtension(EXTENSIONS.certificateTemplate, {
    templateID: template.oid,
    templateMajorVersion: template.revision,
    templateMinorVersion: template.minorRevision,
  });
}

/** CDP and AIA are left out where the template says that nobody will look at revocation. */
export function wantsRevocationInformation(template: CertificateTemplate): boolean {
  return (
    !hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_NOREVOCATIONINFOINISSUEDCERTS')) &&
    !hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_ADD_OCSP_NOCHECK'))
  );
}

/** pKIKeyUsage fitted to the key: an EC key agrees where an RSA key enciphers (RFC 8813 §3). */
function keyUsage(template: CertificateTemplate, publicKey: Uint8Array): number {
  const usage = (template.keyUsage[0] ?? 0) | (((template.keyUsage[1] ?? 0) & 0x80) << 8);
  const enciphers = KEY_USAGE.keyEncipherment | KEY_USAGE.dataEncipherment;
  if (publicKeyKind(publicKey).type === 'rsa' || (usage & enciphers) === 0) return usage;
  return (usage & ~enciphers) | KEY_USAGE.keyAgreement;
}

/** What the client offers, else what every S/MIME client of today reads (RFC 8551 §2.5.2). Throws Asn1Error. */
function smimeCapabilities(
  template: CertificateTemplate,
  requested: readonly Extension[],
): PlannedExtension | undefined {
  if (!hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_INCLUDE_SYMMETRIC_ALGORITHMS'))) return undefined;
  const offered = extensionValue(requested, EXTENSIONS.sMIMECapabilities);
  if (offered) return plannedExtension(EXTENSIONS.sMIMECapabilities, offered, { origin: 'REQUEST' });
  const aes = ['2.16.840.1.101.3.4.1.42', '2.16.840.1.101.3.4.1.22', '2.16.840.1.101.3.4.1.2'];
  return plannedExtension(
    EXTENSIONS.sMIMECapabilities,
    aes.map((capabilityID) => ({ capabilityID })),
  );
}

function policyInformation(policies: readonly string[]): { policyIdentifier: string }[] {
  return policies.map((policyIdentifier) => ({ policyIdentifier }));
}

function basicConstraints(
  template: CertificateTemplate,
  requested: readonly Extension[],
): { cA: boolean; pathLenConstraint?: number } | undefined {
  const cA = isCaTemplate(template);
  const pathLenConstraint = pathLength(template, requested);
  if (cA && pathLenConstraint !== undefined) return { cA, pathLenConstraint };
  const isWanted = hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_INCLUDE_BASIC_CONSTRAINTS_FOR_EE_CERTS'));
  return cA || isWanted ? { cA } : undefined;
}

/**
 * The SID that domain controllers map a certificate by (MS-WCCE 2.2.2.7.7.4); never for a subject the enrollee wrote. A
 * template leaves it out only of certificates that sign nobody in (ESC9).
 */
function namesHolder(template: CertificateTemplate): boolean {
  return (
    !hasFlag(template.nameFlags, nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT')) &&
    (signsIn(template) || !hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_NO_SECURITY_EXTENSION')))
  );
}
