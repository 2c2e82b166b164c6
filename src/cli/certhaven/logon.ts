import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

export async function run(context: CommandContext): Promise<Json> {
  const [account, ...more] = context.arguments;
  if (account === undefined || more.length > 0) throw hresult('ERROR_INVALID_PARAMETER', 'One account is expected.');
  const directory = await context.directory();
  const [only, ...others] = await directory.findPrincipals(account);
  if (only === undefined || others.length > 0) {
    throw hresult('ERROR_NONE_MAPPED', `The account ${account} is ${only ? 'several' : 'nobody'} in the directory.`);
  }
  await context.setAccount(only.accountName);
  context.out(`Commands run as ${only.accountName} from now on.`);
  return { accountName: only.accountName };
}
