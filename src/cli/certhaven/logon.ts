import { requirePrincipal } from '#ca/roles/principal';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

export async function run(context: CommandContext): Promise<Json> {
  const [account, ...more] = context.arguments;
  if (account === undefined || more.length > 0)
    throw hresult('ERROR_INVALID_PARAMETER', 'One account is expected.', {
      hint: 'such as certhaven logon DOMAIN\\name',
    });
  const { accountName } = await requirePrincipal(await context.directory(), account);
  await context.setAccount(accountName);
  context.out(`Commands run as ${accountName} from now on.`);
  return { accountName };
}
