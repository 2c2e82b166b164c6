/** Who may do what on the CA: the Security page of its properties. MS-CSRA 3.1.4.2.7 SetCASecurity. */
import { hresult } from '#hresult/hresult-error';
import { audit } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import type { DirectoryPrincipal } from '../ports.ts';
import { ACE_TYPE, type Ace, isTrusteeAce } from '../template/access-control-entry.ts';
import { formatSddl } from '../template/sddl.ts';
import {
  decodeSecurityDescriptor,
  encodeSecurityDescriptor,
  type SecurityDescriptor,
} from '../template/security-descriptor.ts';
import { CA_RIGHT, type CaRight, requireRight } from './rights.ts';

/**
 * Gives one person or group exactly these rights; none takes all away. What others hold, and denials, stay.
 * Throws ERROR_ACCESS_DENIED, CERTSRV_E_NO_CAADMIN_DEFINED where nobody would be left to manage the CA.
 */
export async function setRights(
  authority: Authority,
  caller: Caller,
  principal: DirectoryPrincipal,
  rights: readonly CaRight[],
): Promise<void> {
  const { clock, database, directory } = authority.ports;
  const configuration = await readConfiguration(database);
  requireRight(configuration, caller, 'Administrator');
  const raw = configuration.binary('Security');
  if (raw === undefined) throw hresult('ERROR_FILE_NOT_FOUND', 'The CA has no security descriptor.');
  const descriptor = decodeSecurityDescriptor(raw);
  const others = (descriptor.dacl ?? []).filter((ace) => !isGrantTo(ace, principal.sid));
  const mask = rights.reduce((sum, right) => sum | CA_RIGHT[right], 0);
  const granted: Ace = {
    type: ACE_TYPE.ACCESS_ALLOWED,
    flags: 0,
    mask,
    sid: principal.sid,
    applicationData: new Uint8Array(0),
  };
  const changed = { ...descriptor, dacl: mask === 0 ? others : [...others, granted] };
  requireManaged(changed);
  const context = { time: clock.now(), subject: caller.accountName, configuration };
  await database.commit([
    {
      set: 'Registry',
      path: '',
      name: 'Security',
      value: { type: 'REG_BINARY', data: encodeSecurityDescriptor(changed) },
    },
    ...audit(context, 'securityChanged', [formatSddl(changed, directory.domain.sid)]),
  ]);
}

/** Throws CERTSRV_E_NO_CAADMIN_DEFINED where nobody may manage the CA. */
export function requireManaged({ dacl }: SecurityDescriptor): void {
  const grants = (dacl ?? []).filter(
    (ace) => isTrusteeAce(ace) && ace.type === ACE_TYPE.ACCESS_ALLOWED && (ace.mask & CA_RIGHT.Administrator) !== 0,
  );
  if (grants.length === 0) {
    throw hresult('CERTSRV_E_NO_CAADMIN_DEFINED', undefined, {
      hint: 'give somebody else the right first: certhaven permit DOMAIN\\name manage-ca',
    });
  }
}

function isGrantTo(ace: Ace, sid: string): boolean {
  return isTrusteeAce(ace) && ace.type === ACE_TYPE.ACCESS_ALLOWED && ace.sid === sid;
}
