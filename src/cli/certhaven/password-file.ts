import type { CommandContext } from './context.ts';

/** What --password-file names. Throws as reading it does. */
export async function firstLine({ console }: Pick<CommandContext, 'console'>, file: string): Promise<string> {
  return new TextDecoder().decode(await console.readFile(file)).split(/\r?\n/, 1)[0]!;
}
