import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import { requireAdministrator } from './administrator.ts';
import type { CommandContext } from './context.ts';
import { newPassword } from './new-password.ts';

export async function run(context: CommandContext): Promise<Json> {
  const [accountName, ...more] = context.arguments;
  if (accountName === undefined || more.length > 0) {
    throw hresult('ERROR_INVALID_PARAMETER', 'One name is expected.', {
      hint: 'certhaven add-user alice --mail alice@contoso.com',
    });
  }
  await requireAdministrator(context);
  const directory = await context.directory();
  const mail = context.option('mail');
  // It goes into certificates as an rfc822Name (RFC 5280 §4.2.1.6), which is an IA5String.
  if (mail !== undefined && !/^[!-?A-~]+@[!-?A-~]+$/.test(mail))
    throw hresult('ERROR_INVALID_PARAMETER', `"${mail}" is no mail address.`, {
      hint: 'such as --mail alice@example.com',
    });
  const upn = context.option('upn');
  const name = context.option('name');
  // Asked for first: whoever breaks off has added nobody.
  const password = context.flag('password') ? await newPassword(context, accountName) : undefined;
  const person = await directory.addUser({
    accountName,
    ...(name === undefined ? {} : { cn: name, displayName: name }),
    ...(mail === undefined ? {} : { mail }),
    ...(upn === undefined ? {} : { upn }),
    memberOf: context.options('group'),
  });
  if (password !== undefined) await (await context.credentials()).setPassword(person.sid, password);
  context.out(`${person.accountName} added.`);
  return { accountName: person.accountName, sid: person.sid };
}
