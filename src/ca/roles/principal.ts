import { hresult } from '#hresult/hresult-error';
import type { Directory, DirectoryPrincipal } from '../ports.ts';

/** The one account a name means. Throws ERROR_NONE_MAPPED where it means nobody, or several. */
export async function requirePrincipal(directory: Directory, account: string): Promise<DirectoryPrincipal> {
  const [only, ...others] = await directory.findPrincipals(account);
  if (only && others.length === 0) return only;
  throw hresult('ERROR_NONE_MAPPED', `The account ${account} is ${only ? 'several' : 'nobody'} in the directory.`, {
    hint: 'DOMAIN\\name is exact; certhaven add-user adds a person',
  });
}
