import { hresult } from '#hresult/hresult-error';
import type { Directory, DirectoryPrincipal } from '../ports.ts';
import { SID_ADMINISTRATORS } from '../template/well-known-sids.ts';

/** The one account a name means. Throws ERROR_NONE_MAPPED where it means nobody, or several. */
export async function requirePrincipal(directory: Directory, account: string): Promise<DirectoryPrincipal> {
  const [only, ...others] = await directory.findPrincipals(account);
  if (only && others.length === 0) return only;
  throw hresult('ERROR_NONE_MAPPED', `The account ${account} is ${only ? 'several' : 'nobody'} in the directory.`, {
    hint: 'DOMAIN\\name is exact; certhaven add-user adds a person',
  });
}

/** Whether somebody administers the domain and its machines: BUILTIN\Administrators, which Domain Admins are in. */
export function isAdministrator({ groupSids }: Pick<DirectoryPrincipal, 'groupSids'>): boolean {
  return groupSids.includes(SID_ADMINISTRATORS);
}
