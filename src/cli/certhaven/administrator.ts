import type { DirectoryPrincipal } from '#ca/ports';
import { isAdministrator } from '#ca/roles/principal';
import { hresult } from '#hresult/hresult-error';
import type { CommandContext } from './context.ts';

/** The caller, who has to administer the domain. Throws ERROR_ACCESS_DENIED. */
export async function requireAdministrator({ caller }: Pick<CommandContext, 'caller'>): Promise<DirectoryPrincipal> {
  const principal = await caller();
  if (isAdministrator(principal)) return principal;
  throw hresult('ERROR_ACCESS_DENIED', `${principal.accountName} is no administrator of the domain.`, {
    hint: 'CERTHAVEN_USER names the account of one command, certhaven logon that of all',
  });
}
