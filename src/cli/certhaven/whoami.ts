import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

export async function run(context: CommandContext): Promise<Json> {
  const { accountName, sid } = await context.caller();
  context.out(context.flag('sid') ? sid : accountName);
  return { accountName, sid };
}
