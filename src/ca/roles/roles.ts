/** Who holds which role: MS-CSRA 3.1.4.2.14 GetMyRoles, for everybody. */
import type { CaRoles } from '../api.ts';
import type { Caller } from '../authority.ts';
import type { AuthorityPorts } from '../ports.ts';
import { decodeSecurityDescriptor } from '../template/security-descriptor.ts';
import { authorize, type Door } from './authorize.ts';
import { isRoleSeparated } from './rights.ts';
import { roleHolders } from './role-holders.ts';

/** For whom reading the CA is permitted, and for its auditor. Throws as `authorize`. */
export async function roles(
  door: Door & { readonly ports: Pick<AuthorityPorts, 'directory'> },
  caller: Caller,
): Promise<CaRoles> {
  const configuration = await authorize(door, caller, ['Read', 'Officer', 'Administrator']);
  const security = configuration.binary('Security');
  return {
    isSeparated: isRoleSeparated(door.started ?? configuration),
    isSeparatedAtStart: isRoleSeparated(configuration),
    holders: security ? await roleHolders(door.ports.directory, decodeSecurityDescriptor(security)) : [],
  };
}
