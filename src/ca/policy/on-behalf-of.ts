/** Requests on behalf of another, which enrollment agents sign (MS-WCCE 3.2.2.6.2.1.2.6). */
import { hresult } from '#hresult/hresult-error';
import { szOID_ENROLLMENT_AGENT } from '#pki/asn1/oid-table';
import type { Certificate } from '#pki/x509/certificate';
import type { Authority, Caller } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Intake } from '../request/intake.ts';
import { decodeOfficerRights, officerRightsOf, permitsOfficer } from '../roles/officer-rights.ts';
import { isAdministrator } from '../roles/principal.ts';
import type { CertificateTemplate } from '../template/certificate-template.ts';
import { enrollmentFlag, hasFlag } from '../template/flags.ts';
import { SID_ENTERPRISE_DOMAIN_CONTROLLERS, SID_EVERYONE } from '../template/well-known-sids.ts';
import { applicationPoliciesOf, requireValidSigner } from './authorized-signatures.ts';
import { findIssued } from './find-issued.ts';

export interface OnBehalfRequest {
  readonly intake: Intake;
  /** Who sent the request. */
  readonly caller: Caller;
  /** Whose certificate it becomes. */
  readonly requester: Caller;
  readonly template: CertificateTemplate;
  /** By a certificate manager. */
  readonly approved: boolean;
}

/**
 * Everybody asks for himself, unless he signs as an enrollment agent: with his own certificate, of this CA, for the purpose
 * Certificate Request Agent, by a template that takes such requests. An administrator's certificate takes a certificate
 * manager besides: who holds an agent's key must not become one (ESC3).
 *
 * Throws CERTSRV_E_BAD_RENEWAL_SUBJECT where nobody signed for it or the template does not take it, ERROR_NONE_MAPPED where
 * the one asked for is nobody, CERTSRV_E_SIGNATURE_REJECTED where no signer is such an agent,
 * CERTSRV_E_RESTRICTEDOFFICER for an administrator, and where the agents of the CA are restricted (MS-CSRA 3.1.1.7) and no
 * entry lets this one ask for that requester by that template.
 */
export async function requireOnBehalfOf(
  authority: Authority,
  configuration: Configuration,
  request: OnBehalfRequest,
): Promise<void> {
  const { intake, caller, requester, template, approved } = request;
  const { onBehalfOf } = intake;
  const known = [caller.accountName, requester.accountName, onBehalfOf?.requesterName ?? ''];
  const stranger = intake.attributes
    .filter(([name]) => name.toLowerCase() === 'requestername')
    .find(([, value]) => !known.some((name) => isSameName(name, value)));
  if (stranger)
    throw hresult('CERTSRV_E_BAD_RENEWAL_SUBJECT', `${caller.accountName} asks on behalf of ${stranger[1]}.`);
  if (onBehalfOf === undefined || isSameName(onBehalfOf.requesterName, caller.accountName)) return;
  if (requester.sid === caller.sid) {
    const [found] = await authority.ports.directory.findPrincipals(onBehalfOf.requesterName);
    if (found?.sid === caller.sid) return;
    throw hresult('ERROR_NONE_MAPPED', `${onBehalfOf.requesterName} is nobody, or no one person, in the directory.`);
  }
  if (!takesAgents(template))
    throw hresult('CERTSRV_E_BAD_RENEWAL_SUBJECT', `${template.cn} takes no requests on behalf of another.`, {
      hint: `msPKI-RA-Signature 1 with msPKI-RA-Application-Policies ${szOID_ENROLLMENT_AGENT}`,
    });
  await requireAgent(authority, caller, onBehalfOf.signers);
  requireAgentFor(configuration, request);
  if (!approved && isPrivileged(requester))
    throw hresult('CERTSRV_E_RESTRICTEDOFFICER', `${requester.accountName} is an administrator.`);
}

/** Version 1 templates cannot say; later ones ask for the agent's signature, or carry the flag. */
function takesAgents(template: CertificateTemplate): boolean {
  return (
    template.schemaVersion === 1 ||
    (template.raSignatures > 0 && template.raApplicationPolicies.includes(szOID_ENROLLMENT_AGENT)) ||
    hasFlag(template.enrollmentFlags, enrollmentFlag('CT_FLAG_ALLOW_ENROLL_ON_BEHALF_OF'))
  );
}

async function requireAgent(authority: Authority, caller: Caller, signers: readonly Certificate[]): Promise<void> {
  for (const signer of signers) {
    if (!applicationPoliciesOf(signer).includes(szOID_ENROLLMENT_AGENT)) continue;
    const row = await findIssued(authority.ports.database, signer);
    if (!row || !isSameName(row.requesterName, caller.accountName)) continue;
    return requireValidSigner(authority, signer);
  }
  throw hresult(
    'CERTSRV_E_SIGNATURE_REJECTED',
    `${caller.accountName} did not sign with a certificate of his own for the purpose Certificate Request Agent.`,
  );
}

/** The page Enrollment Agents of the CA's properties. Where the value is not there no agent is restricted. */
function requireAgentFor(configuration: Configuration, { caller, requester, template }: OnBehalfRequest): void {
  const raw = configuration.binary('EnrollmentAgentRights');
  if (raw === undefined) return;
  const own = officerRightsOf(decodeOfficerRights(raw), caller);
  const token = new Set([SID_EVERYONE, requester.sid, ...requester.groupSids]);
  if (permitsOfficer(own, token, new Set([template.cn.toLowerCase(), template.oid]))) return;
  throw hresult(
    'CERTSRV_E_RESTRICTEDOFFICER',
    `${caller.accountName} is no enrollment agent for ${requester.accountName} by the template ${template.cn}.`,
    { hint: 'a CA administrator tells who asks for whom: certhaven restrict-agent' },
  );
}

function isPrivileged(principal: Caller): boolean {
  return isAdministrator(principal) || principal.groupSids.includes(SID_ENTERPRISE_DOMAIN_CONTROLLERS);
}

function isSameName(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
