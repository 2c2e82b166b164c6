/** Who holds which role on a CA, person by person: what separation and lockout are judged by. */
import { hresult } from '#hresult/hresult-error';
import type { RoleHolder } from '../api.ts';
import type { Directory, DirectoryPrincipal } from '../ports.ts';
import { ACE_TYPE, isTrusteeAce } from '../template/access-control-entry.ts';
import type { SecurityDescriptor } from '../template/security-descriptor.ts';
import { domainGroupSid, SID_AUTHENTICATED_USERS, SID_EVERYONE } from '../template/well-known-sids.ts';
import { formatRights, grantedRights, rolesIn } from './rights.ts';

type AccessList = Pick<SecurityDescriptor, 'dacl'>;

/** Persons and computers, by name. A group whose members no list tells (Everyone, Domain Users) stands for them. */
export async function roleHolders(directory: Directory, { dacl }: AccessList): Promise<readonly RoleHolder[]> {
  const found = new Map<string, DirectoryPrincipal>();
  const seen = new Set<string>();
  for (const ace of dacl ?? []) {
    if (isTrusteeAce(ace) && ace.type === ACE_TYPE.ACCESS_ALLOWED && rolesIn(ace.mask).length > 0)
      await collect(directory, ace.sid, seen, found);
  }
  return [...found.values()]
    .map((principal): RoleHolder => {
      const { accountName, sid, kind } = principal;
      return { accountName, sid, kind, roles: rolesIn(grantedRights(dacl, principal)) };
    })
    .filter(({ roles }) => roles.length > 0)
    .sort((a, b) => (a.accountName.toLowerCase() < b.accountName.toLowerCase() ? -1 : 1));
}

/** `token` is a SID or a distinguished name; one that means nobody any more grants nobody anything. */
async function collect(
  directory: Directory,
  token: string,
  seen: Set<string>,
  found: Map<string, DirectoryPrincipal>,
): Promise<void> {
  for (const principal of await directory.findPrincipals(token)) {
    if (seen.has(principal.sid)) continue;
    seen.add(principal.sid);
    if (principal.kind !== 'group' || isOpen(principal.sid, directory.domain.sid)) found.set(principal.sid, principal);
    if (principal.kind !== 'group') continue;
    for (const member of principal.object.attributes.get('member') ?? [])
      if (typeof member === 'string') await collect(directory, member, seen, found);
  }
}

/** Who is in it by signing in, or by a primary group: MS-ADTS 3.1.1.4.5. */
function isOpen(sid: string, domainSid: string): boolean {
  const byPrimaryGroup = ['Domain Users', 'Domain Guests', 'Domain Computers', 'Domain Controllers'] as const;
  return (
    sid === SID_EVERYONE ||
    sid === SID_AUTHENTICATED_USERS ||
    byPrimaryGroup.some((name) => sid === domainGroupSid(domainSid, name))
  );
}

/** Throws CERTSRV_E_NO_CAADMIN_DEFINED where nobody would be left who may manage the CA. */
export async function requireManaged(directory: Directory, list: AccessList, isSeparated: boolean): Promise<void> {
  const holders = await roleHolders(directory, list);
  if (holders.some(({ roles }) => roles.includes('Administrator') && !(isSeparated && roles.length > 1))) return;
  const detail =
    isSeparated && holders.length > 0 ? `With roles separated nobody would be left: ${describe(holders)}.` : undefined;
  throw hresult('CERTSRV_E_NO_CAADMIN_DEFINED', detail, {
    hint: isSeparated
      ? 'first give one person this role and no other: certhaven permit DOMAIN\\name manage-ca'
      : 'give somebody else the right first: certhaven permit DOMAIN\\name manage-ca',
  });
}

/** Throws CERTSRV_E_ROLECONFLICT where a change gives somebody a second role. Who has several already is no hindrance. */
export async function requireOneRoleEach(directory: Directory, before: AccessList, after: AccessList): Promise<void> {
  const conflicting = async (list: AccessList) =>
    (await roleHolders(directory, list)).filter(({ roles }) => roles.length > 1);
  const known = new Set((await conflicting(before)).map(({ sid }) => sid));
  const made = (await conflicting(after)).filter(({ sid }) => !known.has(sid));
  if (made.length === 0) return;
  throw hresult('CERTSRV_E_ROLECONFLICT', `Roles are separated, but then ${describe(made)}.`, {
    hint: 'take away the other role first; certhaven roles lists who holds what',
  });
}

/** `CONTOSO\alice holds Manage CA; CONTOSO\bob holds Auditor`. */
function describe(holders: readonly RoleHolder[]): string {
  return holders.map(({ accountName, roles }) => `${accountName} holds ${formatRights(roles)}`).join('; ');
}
