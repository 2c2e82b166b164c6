/** The extensions a template asks for, as the policy module writes them. MS-WCCE 3.2.2.6.2.1.4.5. */

import { publicKeyKind } from '#pki/crypto/public-key';
import { type Extension, findExtension } from '#pki/x509/extension';
import { encodeBasicConstraints } from '#pki/x509/extensions/basic-constraints';
import { encodeCertificatePolicies } from '#pki/x509/extensions/certificate-policies';
import { encodeCertificateTemplate } from '#pki/x509/extensions/certificate-template';
import { encodeCertificateTemplateName } from '#pki/x509/extensions/certificate-template-name';
import { encodeExtendedKeyUsage } from '#pki/x509/extensions/extended-key-usage';
import { encodeKeyUsage, KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { encodeNtdsCaSecurity } from '#pki/x509/extensions/ntds-ca-security';
import { encodeOcspNocheck } from '#pki/x509/extensions/ocsp-nocheck';
import { encodeSmimeCapabilities } from '#pki/x509/extensions/smime-capabilities';
import { encodeAltName } from '#pki/x509/extensions/subject-alt-name';
import type { GeneralName } from '#pki/x509/general-name';
import type { PlannedExtension } from '../issue/certificate-plan.ts';
import { plannedExtension } from '../issue/planned-extension.ts';
import { EXTENSION_ORIGIN } from '../schema/extension-flags.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { enrollmentFlag, generalFlag, hasFlag, nameFlag } from '../template/flags.ts';

const id_ce_keyUsage = '2.5.29.15';
const id_ce_subjectAltName = '2.5.29.17';
const id_ce_basicConstraints = '2.5.29.19';
const id_ce_certificatePolicies = '2.5.29.32';
const id_ce_extKeyUsage = '2.5.29.37';
const id_smimeCapabilities = '1.2.840.113549.1.9.15';
const id_pkix_ocsp_nocheck = '1.3.6.1.5.5.7.48.1.5';
const szOID_CERTIFICATE_TEMPLATE = '1.3.6.1.4.1.311.21.7';
const szOID_ENROLL_CERTTYPE_EXTENSION = '1.3.6.1.4.1.311.20.2';
const szOID_APPLICATION_CERT_POLICIES = '1.3.6.1.4.1.311.21.10';
const szOID_NTDS_CA_SECURITY_EXT = '1.3.6.1.4.1.311.25.2';

export interface TemplateSubject {
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly subjectAltName: readonly GeneralName[];
  readonly isSubjectEmpty: boolean;
  /** Of the person the directory vouches for; undefined where the enrollee wrote the subject himself. */
  readonly sid: string | undefined;
  readonly requested: readonly Extension[];
}

/** In the order in which AD CS writes them. What the requester asked for decides none of these but S/MIME capabilities. */
export function templateExtensions(template: CertificateTemplate, subject: TemplateSubject): PlannedExtension[] {
  const extensions: (PlannedExtension | undefined)[] = [
    keyUsage(template, subject.publicKey),
    smimeCapabilities(template, subject.requested),
    template.extendedKeyUsage.length > 0
      ? plannedExtension(id_ce_extKeyUsage, encodeExtendedKeyUsage(template.extendedKeyUsage), {
          critical: isCritical(template, id_ce_extKeyUsage),
        })
      : undefined,
    templateIdentity(template),
    applicationPolicies(template),
    template.certificatePolicies.length > 0
      ? plannedExtension(
          id_ce_certificatePolicies,
          encodeCertificatePolicies(template.certificatePolicies.map((policyIdentifier) => ({ policyIdentifier }))),
          { critical: isCritical(template, id_ce_certificatePolicies) },
        )
      : undefined,
    basicConstraints(template),
    subject.subjectAltName.length > 0
      ? plannedExtension(id_ce_subjectAltName, encodeAltName(subject.subjectAltName), {
          // RFC 5280 §4.2.1.6: critical where the subject is empty.
          critical: subject.isSubjectEmpty || isCritical(template, id_ce_subjectAltName),
        })
      : undefined,
    hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_ADD_OCSP_NOCHECK'))
      ? plannedExtension(id_pkix_ocsp_nocheck, encodeOcspNocheck(true))
      : undefined,
    securityExtension(template, subject.sid),
  ];
  return extensions.filter((extension) => extension !== undefined);
}

/** CDP and AIA are left out where the template says that nobody will look at revocation. */
export function wantsRevocationInformation(template: CertificateTemplate): boolean {
  return (
    !hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_NOREVOCATIONINFOINISSUEDCERTS')) &&
    !hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_ADD_OCSP_NOCHECK'))
  );
}

function isCritical(template: CertificateTemplate, oid: string): boolean {
  return template.criticalExtensions.includes(oid);
}

/** pKIKeyUsage fitted to the key: an EC key agrees where an RSA key enciphers (RFC 8813 §3). */
function keyUsage(template: CertificateTemplate, publicKey: Uint8Array): PlannedExtension | undefined {
  let usage = (template.keyUsage[0] ?? 0) | (((template.keyUsage[1] ?? 0) & 0x80) << 8);
  const enciphers = KEY_USAGE.keyEncipherment | KEY_USAGE.dataEncipherment;
  if (publicKeyKind(publicKey).type === 'ec' && usage & enciphers)
    usage = (usage & ~enciphers) | KEY_USAGE.keyAgreement;
  if (usage === 0) return undefined;
  return plannedExtension(id_ce_keyUsage, encodeKeyUsage(usage), { critical: isCritical(template, id_ce_keyUsage) });
}

/** What the client offers, else what every S/MIME client of today reads (RFC 8551 §2.5.2). */
function smimeCapabilities(
  template: CertificateTemplate,
  requested: readonly Extension[],
): PlannedExtension | undefined {
  if (!hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_INCLUDE_SYMMETRIC_ALGORITHMS'))) return undefined;
  const offered = findExtension(requested, id_smimeCapabilities);
  if (offered) return { ...offered, critical: false, origin: EXTENSION_ORIGIN.REQUEST };
  const aes = ['2.16.840.1.101.3.4.1.42', '2.16.840.1.101.3.4.1.22', '2.16.840.1.101.3.4.1.2'];
  return plannedExtension(id_smimeCapabilities, encodeSmimeCapabilities(aes.map((capabilityID) => ({ capabilityID }))));
}

/** Version 1 is named by its common name, later ones by OID and version. */
function templateIdentity(template: CertificateTemplate): PlannedExtension {
  if (template.schemaVersion === 1) {
    return plannedExtension(szOID_ENROLL_CERTTYPE_EXTENSION, encodeCertificateTemplateName(template.cn));
  }
  return plannedExtension(
    szOID_CERTIFICATE_TEMPLATE,
    encodeCertificateTemplate({
      templateID: template.oid,
      templateMajorVersion: template.revision,
      templateMinorVersion: template.minorRevision,
    }),
  );
}

/** Only version 2 and later have application policies; one a requester sends for version 1 is dropped (CVE-2024-49019). */
function applicationPolicies(template: CertificateTemplate): PlannedExtension | undefined {
  if (template.schemaVersion === 1 || template.applicationPolicies.length === 0) return undefined;
  return plannedExtension(
    szOID_APPLICATION_CERT_POLICIES,
    encodeCertificatePolicies(template.applicationPolicies.map((policyIdentifier) => ({ policyIdentifier }))),
    { critical: isCritical(template, szOID_APPLICATION_CERT_POLICIES) },
  );
}

function basicConstraints(template: CertificateTemplate): PlannedExtension | undefined {
  const cA =
    hasFlag(template.flags, generalFlag('CT_FLAG_IS_CA')) ||
    hasFlag(template.flags, generalFlag('CT_FLAG_IS_CROSS_CA'));
  if (!cA && !hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_INCLUDE_BASIC_CONSTRAINTS_FOR_EE_CERTS')))
    return undefined;
  const hasLimit = cA && template.maxIssuingDepth !== -1;
  return plannedExtension(
    id_ce_basicConstraints,
    encodeBasicConstraints({ cA, pathLenConstraint: hasLimit ? template.maxIssuingDepth : undefined }),
    {
      // RFC 5280 §4.2.1.9: critical in every CA certificate.
      critical: cA || isCritical(template, id_ce_basicConstraints),
    },
  );
}

/** The SID that domain controllers map a certificate by (MS-WCCE 2.2.2.7.7.4); never for a subject the enrollee wrote. */
function securityExtension(template: CertificateTemplate, sid: string | undefined): PlannedExtension | undefined {
  const suppliesSubject = hasFlag(template.nameFlags, nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT'));
  if (
    sid === undefined ||
    suppliesSubject ||
    hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_NO_SECURITY_EXTENSION'))
  )
    return undefined;
  return plannedExtension(szOID_NTDS_CA_SECURITY_EXT, encodeNtdsCaSecurity(sid));
}
