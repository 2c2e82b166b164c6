/** `certhaven reg`: what reg.exe does for a CA of AD CS, its configuration out into a registration file and in again. */
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CommandContext } from './context.ts';
import { exportConfiguration } from './reg/export.ts';
import { importConfiguration } from './reg/import.ts';

export async function run(context: CommandContext): Promise<Json> {
  const isSwitch = (word: string) => /^\/y$/i.test(word);
  const [verb, ...words] = context.arguments.filter((word) => !isSwitch(word));
  const overwrite = context.flag('force') || context.arguments.some(isSwitch);
  const file = words.at(-1);
  if (file !== undefined) {
    if (verb === 'export' && words.length <= 2)
      return exportConfiguration(context, words.length === 2 ? words[0] : undefined, file, overwrite);
    if (verb === 'import' && words.length === 1 && !overwrite) return importConfiguration(context, file);
  }
  throw hresult('ERROR_INVALID_PARAMETER', `reg ${context.arguments.join(' ')}: not so.`, {
    hint: 'certhaven reg export [KEY] FILE, or certhaven reg import FILE',
  });
}
