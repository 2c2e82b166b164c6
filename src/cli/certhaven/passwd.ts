import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';
import { newPassword } from './new-password.ts';
import { accountInQuestion, requireOwnAccount } from './own-account.ts';

export async function run(context: CommandContext): Promise<Json> {
  return (await context.isJoined()) ? changeOwn(context) : set(context);
}

/** On the machine of the directory, where nobody has to prove himself. */
async function set(context: CommandContext): Promise<Json> {
  const { accountName, sid, kind } = await accountInQuestion(context);
  if (kind === 'group') throw hresult('ERROR_INVALID_PARAMETER', `${accountName} is a group, and signs in nowhere.`);
  const credentials = await context.credentials();
  await credentials.setPassword(sid, await newPassword(context, accountName));
  context.out(`The password of ${accountName} is set; earlier sign-ins have ended.`);
  return { accountName, sid };
}

async function changeOwn(context: CommandContext): Promise<Json> {
  await requireOwnAccount(context);
  const { accountName, sid } = await context.caller();
  const old = await context.console.prompt(`Old password for ${accountName}:`, {
    hidden: true,
    aside: context.flag('json'),
  });
  await (await context.account()).changePassword(old, await newPassword(context, accountName));
  context.out(`The password of ${accountName} is set; all sign-ins have ended: certhaven sign-in begins a new one.`);
  return { accountName, sid };
}
