/**
 * The rights of MS-CSRA 3.1.1.7: access bits of the CA's security descriptor (registry value `Security`). Each is granted on
 * its own: none of them, and nothing else, gives a person a key recovery agent's key.
 */
import { type HresultError, hresult } from '#hresult/hresult-error';
import type { Configuration } from '../config/configuration.ts';
import type { DirectoryPrincipal } from '../ports.ts';
import { ACE_TYPE, type Ace, isTrusteeAce } from '../template/access-control-entry.ts';
import { CONTROL, decodeSecurityDescriptor, encodeSecurityDescriptor } from '../template/security-descriptor.ts';
import {
  domainGroupSid,
  SID_ADMINISTRATORS,
  SID_AUTHENTICATED_USERS,
  SID_EVERYONE,
} from '../template/well-known-sids.ts';

export const CA_RIGHT = {
  /** Manage CA. */
  Administrator: 0x1,
  /** Issue and manage certificates: the certificate manager. */
  Officer: 0x2,
  Auditor: 0x4,
  Operator: 0x8,
  Read: 0x100,
  Enroll: 0x200,
} as const;

export type CaRight = keyof typeof CA_RIGHT;

/** The rights that are roles of [CIMC-PP]: role separation lets a person hold one of them. */
export const CA_ROLES = ['Administrator', 'Officer', 'Auditor', 'Operator'] as const satisfies readonly CaRight[];

export type CaRole = (typeof CA_ROLES)[number];

/** As the Security page of the CA's properties names them. */
export const RIGHT_NAMES: Readonly<Record<CaRight, string>> = {
  Administrator: 'Manage CA',
  Officer: 'Issue and Manage Certificates',
  Auditor: 'Auditor',
  Operator: 'Backup Operator',
  Read: 'Read',
  Enroll: 'Request Certificates',
};

/**
 * The access bits that a list grants this person and his groups; a denial outweighs every grant. Where roles are separated
 * (MS-CSRA 3.1.1.7), who holds several of them has none.
 */
export function grantedRights(
  dacl: readonly Ace[] | undefined,
  principal: Pick<DirectoryPrincipal, 'sid' | 'groupSids'>,
  isSeparated = false,
): number {
  const token = new Set([principal.sid, ...principal.groupSids]);
  let granted = 0;
  let denied = 0;
  for (const ace of dacl ?? []) {
    if (!isTrusteeAce(ace) || !token.has(ace.sid)) continue;
    if (ace.type === ACE_TYPE.ACCESS_ALLOWED) granted |= ace.mask;
    else if (ace.type === ACE_TYPE.ACCESS_DENIED) denied |= ace.mask;
  }
  let rights = withRead(granted & ~denied, denied);
  // Auditor and operator are roles of those only who may read the CA.
  if (!(rights & CA_RIGHT.Read)) rights &= ~(CA_RIGHT.Auditor | CA_RIGHT.Operator);
  if (!isSeparated || rolesIn(rights).length < 2) return rights;
  return withRead(granted & ~denied & ~ROLES, denied);
}

const ROLES = CA_RIGHT.Administrator | CA_RIGHT.Officer | CA_RIGHT.Auditor | CA_RIGHT.Operator;

/** MS-CSRA 3.1.1.7: Read comes with each of these. */
function withRead(rights: number, denied: number): number {
  const implies = CA_RIGHT.Enroll | CA_RIGHT.Officer | CA_RIGHT.Administrator;
  return rights & implies && !(denied & CA_RIGHT.Read) ? rights | CA_RIGHT.Read : rights;
}

export function rolesIn(rights: number): readonly CaRole[] {
  return CA_ROLES.filter((role) => (rights & CA_RIGHT[role]) !== 0);
}

/** `Manage CA, Auditor`. */
export function formatRights(rights: readonly CaRight[]): string {
  return rights.map((right) => RIGHT_NAMES[right]).join(', ');
}

/** Whether the value RoleSeparationEnabled is set; a running CA goes by what it was at its start. */
export function isRoleSeparated(configuration: Configuration): boolean {
  return (configuration.dword('RoleSeparationEnabled') ?? 0) !== 0;
}

/** What `grantedRights` says of the CA's security descriptor. */
export function rightsOf(configuration: Configuration, principal: DirectoryPrincipal, isSeparated = false): number {
  return grantedRights(daclOf(configuration), principal, isSeparated);
}

function daclOf(configuration: Configuration): readonly Ace[] | undefined {
  const descriptor = configuration.binary('Security');
  return descriptor && decodeSecurityDescriptor(descriptor).dacl;
}

/**
 * Why somebody who needs one of `rights` is refused: CERTSRV_E_ROLECONFLICT where only the separation of roles keeps him from
 * it, CERTSRV_E_ENROLL_DENIED for Enroll, else ERROR_ACCESS_DENIED. Undefined where he has one.
 */
export function refusalOf(
  configuration: Configuration,
  principal: DirectoryPrincipal,
  rights: readonly CaRight[],
  isSeparated: boolean,
): HresultError | undefined {
  const dacl = daclOf(configuration);
  const wanted = rights.reduce((sum, right) => sum | CA_RIGHT[right], 0);
  if (grantedRights(dacl, principal, isSeparated) & wanted) return undefined;
  const held = grantedRights(dacl, principal);
  if (held & wanted) {
    const roles = formatRights(rolesIn(held));
    return hresult(
      'CERTSRV_E_ROLECONFLICT',
      `${principal.accountName} holds several roles (${roles}), and so none of them.`,
      { hint: 'a CA administrator leaves him one of them: certhaven permit, certhaven roles' },
    );
  }
  const names = rights.map((right) => RIGHT_NAMES[right]).join(' or ');
  const symbol = rights.includes('Enroll') ? 'CERTSRV_E_ENROLL_DENIED' : 'ERROR_ACCESS_DENIED';
  return hresult(symbol, `${principal.accountName} lacks the right ${names} on this CA.`, {
    hint: 'a CA administrator grants rights on the CA',
  });
}

/**
 * MS-CSRA 3.1.1.7: the descriptor a new CA starts with. `administrator` is who installs it. Auditors and backup operators
 * are made by privileges on Windows, which its Administrators have: here their entry says so.
 */
export function initialSecurity(enterprise: boolean, domainSid: string, administrator: string): Uint8Array {
  const manage = CA_RIGHT.Administrator | CA_RIGHT.Officer;
  const allow = (sid: string, mask: number): Ace => ({
    type: ACE_TYPE.ACCESS_ALLOWED,
    flags: 0,
    mask,
    sid,
    applicationData: new Uint8Array(0),
  });
  const administrators = enterprise
    ? [domainGroupSid(domainSid, 'Domain Admins'), domainGroupSid(domainSid, 'Enterprise Admins')]
    : [administrator];
  return encodeSecurityDescriptor({
    control: CONTROL.SELF_RELATIVE,
    owner: SID_ADMINISTRATORS,
    group: SID_ADMINISTRATORS,
    dacl: [
      allow(SID_ADMINISTRATORS, ROLES),
      ...administrators.map((sid) => allow(sid, manage)),
      allow(enterprise ? SID_AUTHENTICATED_USERS : SID_EVERYONE, CA_RIGHT.Enroll),
    ],
  });
}
