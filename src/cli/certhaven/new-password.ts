import { hresult } from '#hresult/hresult-error';
import type { CommandContext } from './context.ts';

/** Asked for twice, because nobody sees what he types. Throws ERROR_INVALID_PASSWORD where the two differ. */
export async function newPassword(
  { console, flag }: Pick<CommandContext, 'console' | 'flag'>,
  account: string,
): Promise<string> {
  const ask = (question: string) => console.prompt(question, { hidden: true, aside: flag('json') });
  const password = await ask(`New password for ${account}:`);
  if ((await ask('The same again:')) === password) return password;
  throw hresult('ERROR_INVALID_PASSWORD', 'The two passwords differ.', { hint: 'type the same password twice' });
}
