import { hresult } from '#hresult/hresult-error';
import { formatDate } from '../io/date.ts';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

export async function run(context: CommandContext): Promise<Json> {
  const [typed, ...more] = context.arguments;
  if (more.length > 0) throw hresult('ERROR_INVALID_PARAMETER', 'One account is expected.');
  // Nobody types a password for nothing.
  await context.requireJoined();
  const aside = context.flag('json');
  const name = typed ?? (await context.namedAccount()) ?? (await context.console.prompt('Account:', { aside })).trim();
  const password = await context.console.prompt(`Password for ${name}:`, { hidden: true, aside });
  const { account, expires } = await context.signIn(name, password);
  context.out(`${account.accountName} signed in until ${formatDate(expires)}.`);
  return { accountName: account.accountName, sid: account.sid, expires: expires.toISOString() };
}
