/** Ways a template hands its enrollees somebody else's identity, by the names public audit tools give them. */
import {
  anyExtendedKeyUsage,
  id_kp_clientAuth,
  id_kp_serverAuth,
  id_pkinit_KPClientAuth,
  szOID_ENROLLMENT_AGENT,
  szOID_KP_SMARTCARD_LOGON,
} from '#pki/asn1/oid-table';
import type { TemplateAccess, TemplateRight } from './access.ts';
import type { CertificateTemplate } from './certificate-template.ts';
import { enrollmentFlag, hasFlag, nameFlag } from './flags.ts';
import {
  DOMAIN_GROUPS,
  SID_ADMINISTRATORS,
  SID_ENTERPRISE_DOMAIN_CONTROLLERS,
  SID_LOCAL_SYSTEM,
} from './well-known-sids.ts';

export interface EscFinding {
  readonly id: 'ESC1' | 'ESC2' | 'ESC3' | 'ESC4' | 'ESC9' | 'ESC15' | 'ESC17';
  readonly text: string;
  readonly cure: string;
}

export interface PublishedContext {
  /** SIDs beside the domain's and the machine's administrators that are trusted with any identity. */
  readonly privilegedSids?: readonly string[];
}

const LOGON_PURPOSES: ReadonlySet<string> = new Set([
  id_kp_clientAuth,
  id_pkinit_KPClientAuth,
  szOID_KP_SMARTCARD_LOGON,
  anyExtendedKeyUsage,
]);

const PRIVILEGED_SIDS: ReadonlySet<string> = new Set([
  SID_ADMINISTRATORS,
  SID_ENTERPRISE_DOMAIN_CONTROLLERS,
  SID_LOCAL_SYSTEM,
]);

const PRIVILEGED_GROUPS: ReadonlySet<string> = new Set([
  'Administrator',
  'Domain Admins',
  'Domain Controllers',
  'Schema Admins',
  'Enterprise Admins',
]);

const PRIVILEGED_RIDS: ReadonlySet<string> = new Set(
  DOMAIN_GROUPS.filter(({ name }) => PRIVILEGED_GROUPS.has(name)).map(({ rid }) => String(rid)),
);

function isPrivileged(sid: string, context: PublishedContext): boolean {
  if (PRIVILEGED_SIDS.has(sid) || context.privilegedSids?.includes(sid)) return true;
  const domainRid = /^S-1-5-21-[0-9]+-[0-9]+-[0-9]+-([0-9]+)$/.exec(sid)?.[1];
  return domainRid !== undefined && PRIVILEGED_RIDS.has(domainRid);
}

/** SIDs with this right that nobody trusts with another's identity. A denial of the same SID takes the grant back. */
function lowPrivileged(template: CertificateTemplate, right: TemplateRight, context: PublishedContext): string[] {
  const concerns = (access: TemplateAccess) => access.rights.includes(right) || access.rights.includes('fullControl');
  const denied = new Set(
    template.permissions.filter((access) => access.type === 'deny' && concerns(access)).map(({ sid }) => sid),
  );
  return template.permissions
    .filter((access) => access.type === 'allow' && concerns(access))
    .map(({ sid }) => sid)
    .filter((sid) => !denied.has(sid) && !isPrivileged(sid, context));
}

/** Version 1 templates have no application policies of their own. */
function purposesOf({ extendedKeyUsage, schemaVersion, applicationPolicies }: CertificateTemplate): string[] {
  return [...extendedKeyUsage, ...(schemaVersion > 1 ? applicationPolicies : [])];
}

/** True where a domain controller would let the holder of such a certificate in. Without a purpose it is good for all. */
export function signsIn(template: CertificateTemplate): boolean {
  const purposes = purposesOf(template);
  return purposes.length === 0 || purposes.some((oid) => LOGON_PURPOSES.has(oid));
}

const APPROVAL = 'require CA certificate manager approval or an authorized signature';

/** What speaks against publishing the template, and against issuing by it; empty where nothing does. */
export function escFindings(template: CertificateTemplate, context: PublishedContext = {}): EscFinding[] {
  const findings: EscFinding[] = [];
  const find = (id: EscFinding['id'], text: string, cure: string) =>
    findings.push({ id, text: `${template.cn}: ${text}`, cure });

  const writers = new Set(lowPrivileged(template, 'write', context));
  if (template.owner !== '' && !isPrivileged(template.owner, context)) writers.add(template.owner);
  if (writers.size > 0)
    find('ESC4', `${[...writers].join(', ')} may change it`, 'leave Write and ownership to administrators');

  const enrollees = lowPrivileged(template, 'enroll', context);
  const isApproved =
    hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_PEND_ALL_REQUESTS')) || template.raSignatures > 0;
  if (enrollees.length === 0 || isApproved) return findings;

  const who = enrollees.join(', ');
  const purposes = purposesOf(template);
  const isUnlimited = purposes.length === 0 || purposes.includes(anyExtendedKeyUsage);
  const isLogon = signsIn(template);
  const suppliesNames =
    hasFlag(template.nameFlags, nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT')) ||
    hasFlag(template.nameFlags, nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT_ALT_NAME'));

  if (suppliesNames && isLogon)
    find(
      'ESC1',
      `${who} may name any subject in a certificate that signs in`,
      `build the subject from the directory, or ${APPROVAL}`,
    );
  if (isUnlimited) find('ESC2', `${who} may get a certificate for any purpose`, `name its purposes, or ${APPROVAL}`);
  if (purposes.includes(szOID_ENROLLMENT_AGENT))
    find('ESC3', `${who} may become an enrollment agent`, `leave Enroll to administrators, or ${APPROVAL}`);
  if (isLogon && hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_NO_SECURITY_EXTENSION')))
    find(
      'ESC9',
      `${who} may get a certificate that signs in without the SID of its holder`,
      'clear CT_FLAG_NO_SECURITY_EXTENSION of msPKI-Enrollment-Flag',
    );
  if (suppliesNames && template.schemaVersion === 1)
    find(
      'ESC15',
      `${who} may name any subject, and a version 1 template does not bound the application policies of requests`,
      'duplicate it as a version 2 template or later, or leave Enroll to administrators',
    );
  if (suppliesNames && purposes.includes(id_kp_serverAuth))
    find('ESC17', `${who} may name any server in a server certificate`, APPROVAL);
  return findings;
}
