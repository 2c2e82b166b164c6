import { hresult } from '#hresult/hresult-error';
import { readPfxFile } from '#pki/pkcs12/pfx-file';
import { formatDate } from '../io/date.ts';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

export async function run(context: CommandContext): Promise<Json> {
  const [typed, ...more] = context.arguments;
  if (more.length > 0) throw hresult('ERROR_INVALID_PARAMETER', 'One account is expected.');
  // Nobody types a password for nothing.
  await context.requireJoined();
  const { account, expires } = await signIn(context, typed);
  context.out(`${account.accountName} signed in until ${formatDate(expires)}.`);
  return { accountName: account.accountName, sid: account.sid, expires: expires.toISOString() };
}

async function signIn(context: CommandContext, typed: string | undefined): ReturnType<CommandContext['signIn']> {
  const { console } = context;
  const aside = context.flag('json');
  const config = context.option('config');
  const file = context.option('pfx');
  if (file !== undefined) {
    if (typed !== undefined) throw hresult('ERROR_INVALID_PARAMETER', 'Whose it is, the certificate says.');
    const pfx = readPfxFile(await console.readFile(file));
    return context.signInWithPfx(config, pfx, await console.prompt(`Password of ${file}:`, { hidden: true, aside }));
  }
  const name = typed ?? (await context.namedAccount()) ?? (await console.prompt('Account:', { aside })).trim();
  return context.signIn(config, name, await console.prompt(`Password for ${name}:`, { hidden: true, aside }));
}
