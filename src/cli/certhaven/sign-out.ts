import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

export async function run(context: CommandContext): Promise<Json> {
  const accountName = await context.signOut(context.option('config'));
  context.out(`${accountName} signed out.`);
  return { accountName };
}
