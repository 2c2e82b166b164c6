/**
 * The rights of MS-CSRA 3.1.1.7: access bits of the CA's security descriptor (registry value `Security`). Each is granted on
 * its own: none of them, and nothing else, gives a person a key recovery agent's key.
 */
import { hresult } from '#hresult/hresult-error';
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

/** As the Security page of the CA's properties names them. */
const RIGHT_NAMES: Readonly<Record<CaRight, string>> = {
  Administrator: 'Manage CA',
  Officer: 'Issue and Manage Certificates',
  Auditor: 'Auditor',
  Operator: 'Backup Operator',
  Read: 'Read',
  Enroll: 'Request Certificates',
};

/** The access bits that the CA's security descriptor grants this person and his groups; a denial outweighs every grant. */
export function rightsOf(configuration: Configuration, principal: DirectoryPrincipal): number {
  const descriptor = configuration.binary('Security');
  if (descriptor === undefined) return 0;
  const token = new Set([principal.sid, ...principal.groupSids]);
  let granted = 0;
  let denied = 0;
  for (const ace of decodeSecurityDescriptor(descriptor).dacl ?? []) {
    if (!isTrusteeAce(ace) || !token.has(ace.sid)) continue;
    if (ace.type === ACE_TYPE.ACCESS_ALLOWED) granted |= ace.mask;
    else if (ace.type === ACE_TYPE.ACCESS_DENIED) denied |= ace.mask;
  }
  let rights = granted & ~denied;
  // MS-CSRA 3.1.1.7: Read comes with each of these.
  const impliesRead = CA_RIGHT.Enroll | CA_RIGHT.Officer | CA_RIGHT.Administrator;
  if (rights & impliesRead && !(denied & CA_RIGHT.Read)) rights |= CA_RIGHT.Read;
  return rights;
}

/** Throws CERTSRV_E_ENROLL_DENIED for Enroll, ERROR_ACCESS_DENIED for all others; one of `rights` is enough. */
export function requireRight(
  configuration: Configuration,
  principal: DirectoryPrincipal,
  ...rights: readonly CaRight[]
): void {
  const held = rightsOf(configuration, principal);
  if (rights.some((right) => (held & CA_RIGHT[right]) !== 0)) return;
  const names = rights.map((right) => RIGHT_NAMES[right]).join(' or ');
  const symbol = rights.includes('Enroll') ? 'CERTSRV_E_ENROLL_DENIED' : 'ERROR_ACCESS_DENIED';
  throw hresult(symbol, `${principal.accountName} lacks the right ${names} on this CA.`, {
    hint: 'a CA administrator grants rights on the CA',
  });
}

/** MS-CSRA 3.1.1.7: the descriptor a new CA starts with. `administrator` is who installs it. */
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
      allow(SID_ADMINISTRATORS, manage),
      ...administrators.map((sid) => allow(sid, manage)),
      allow(enterprise ? SID_AUTHENTICATED_USERS : SID_EVERYONE, CA_RIGHT.Enroll),
    ],
  });
}
