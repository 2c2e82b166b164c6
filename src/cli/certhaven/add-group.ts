import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import { requireAdministrator } from './administrator.ts';
import type { CommandContext } from './context.ts';

export async function run(context: CommandContext): Promise<Json> {
  const [accountName, ...more] = context.arguments;
  if (accountName === undefined || more.length > 0) throw hresult('ERROR_INVALID_PARAMETER', 'One group is expected.');
  await requireAdministrator(context);
  const directory = await context.directory();
  const account = `${directory.domain.netbiosName}\\${accountName}`;
  const [known] = await directory.findPrincipals(account);
  const group = known ?? (await directory.addGroup({ accountName }));
  const members = context.options('member');
  for (const member of members) await directory.addMember(group.accountName, member);
  context.out(`${group.accountName} ${known ? 'changed' : 'added'}.`);
  return { accountName: group.accountName, sid: group.sid, added: members };
}
