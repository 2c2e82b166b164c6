import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';

export async function run(context: CommandContext): Promise<Json> {
  const [directory, ...more] = context.arguments;
  if (directory === undefined || more.length > 0) {
    throw hresult('ERROR_INVALID_PARAMETER', 'One directory is expected.', {
      hint: 'name one that stands before the NSS tools in PATH',
    });
  }
  const links = await context.link(directory);
  for (const link of links) context.out(link);
  return { links };
}
