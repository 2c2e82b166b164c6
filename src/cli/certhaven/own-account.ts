import type { DirectoryPrincipal } from '#ca/ports';
import { isAdministrator, requirePrincipal } from '#ca/roles/principal';
import { hresult } from '#hresult/hresult-error';
import type { CommandContext } from './context.ts';

/** The account a command is about: the one that is typed, else the caller's. Others' are for administrators. */
export async function accountInQuestion(context: CommandContext): Promise<DirectoryPrincipal> {
  const [typed, ...more] = context.arguments;
  if (more.length > 0) throw hresult('ERROR_INVALID_PARAMETER', 'One account is expected.');
  const caller = await context.caller();
  if (typed === undefined) return caller;
  const account = await requirePrincipal(await context.directory(), typed);
  if (account.sid === caller.sid || isAdministrator(caller)) return account;
  throw hresult('ERROR_ACCESS_DENIED', `${caller.accountName} is no administrator of the domain.`, {
    hint: 'leave the account out for your own',
  });
}

/** At a joined CA everybody's account is his own alone. Throws ERROR_NOT_SUPPORTED where another is typed. */
export async function requireOwnAccount(context: CommandContext): Promise<void> {
  if (context.arguments.length === 0) return;
  throw hresult('ERROR_NOT_SUPPORTED', 'Accounts of others are administered on the machine of the CA.', {
    hint: 'leave the account out for your own',
  });
}
