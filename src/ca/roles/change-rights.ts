/** Who may do what on the CA: the Security page of its properties. MS-CSRA 3.1.4.2.7 SetCASecurity. */
import { hresult } from '#hresult/hresult-error';
import { audit } from '../audit/audit.ts';
import type { Caller } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import type { AuthorityPorts, Directory, DirectoryPrincipal } from '../ports.ts';
import { ACE_TYPE, type Ace, isTrusteeAce } from '../template/access-control-entry.ts';
import { formatSddl } from '../template/sddl.ts';
import {
  decodeSecurityDescriptor,
  encodeSecurityDescriptor,
  type SecurityDescriptor,
} from '../template/security-descriptor.ts';
import { authorize, type Door } from './authorize.ts';
import { CA_RIGHT, type CaRight, formatRights, isRoleSeparated } from './rights.ts';
import { requireManaged, requireOneRoleEach } from './role-holders.ts';

/**
 * Gives one person or group exactly these rights; none takes all away. What others hold, and denials, stay.
 * Throws ERROR_ACCESS_DENIED, and what `requireSafeSecurity` throws.
 */
export async function setRights(
  door: Door & { readonly ports: Pick<AuthorityPorts, 'clock' | 'database' | 'directory'> },
  caller: Caller,
  principal: DirectoryPrincipal,
  rights: readonly CaRight[],
): Promise<void> {
  const { clock, database, directory } = door.ports;
  const configuration = await authorize(door, caller, ['Administrator'], {
    event: 'securityChanged',
    values: [`${principal.accountName}: ${formatRights(rights)}`],
  });
  const raw = configuration.binary('Security');
  if (raw === undefined) throw hresult('ERROR_FILE_NOT_FOUND', 'The CA has no security descriptor.');
  const descriptor = decodeSecurityDescriptor(raw);
  const others = (descriptor.dacl ?? []).filter((ace) => !isGrantTo(ace, principal.sid));
  const mask = maskOf(rights);
  const granted: Ace = {
    type: ACE_TYPE.ACCESS_ALLOWED,
    flags: 0,
    mask,
    sid: principal.sid,
    applicationData: new Uint8Array(0),
  };
  const changed = { ...descriptor, dacl: mask === 0 ? others : [...others, granted] };
  await requireSafeSecurity(door, configuration, directory, changed);
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

/** Auditor and operator come with the Read without which they are no roles (MS-CSRA 3.1.1.7). */
function maskOf(rights: readonly CaRight[]): number {
  const mask = rights.reduce((sum, right) => sum | CA_RIGHT[right], 0);
  return mask & (CA_RIGHT.Auditor | CA_RIGHT.Operator) ? mask | CA_RIGHT.Read : mask;
}

/**
 * Throws CERTSRV_E_NO_CAADMIN_DEFINED where nobody would be left to manage the CA, and, where roles are separated or will be
 * at the next start, CERTSRV_E_ROLECONFLICT for a second role.
 */
export async function requireSafeSecurity(
  { started }: Door,
  configuration: Configuration,
  directory: Directory,
  changed: Pick<SecurityDescriptor, 'dacl'>,
): Promise<void> {
  const isSeparated = isRoleSeparated(configuration) || (started !== undefined && isRoleSeparated(started));
  const raw = configuration.binary('Security');
  if (isSeparated && raw) await requireOneRoleEach(directory, decodeSecurityDescriptor(raw), changed);
  await requireManaged(directory, changed, isSeparated);
}

function isGrantTo(ace: Ace, sid: string): boolean {
  return isTrusteeAce(ace) && ace.type === ACE_TYPE.ACCESS_ALLOWED && ace.sid === sid;
}
