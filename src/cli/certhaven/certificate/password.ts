import { hresult } from '#hresult/hresult-error';
import { wipe } from '#pki/crypto/engine';
import type { CommandContext } from '../context.ts';
import { newPassword } from '../new-password.ts';

type Asking = Pick<CommandContext, 'console' | 'flag' | 'option'>;

/** The first line of --password-file, else asked for. */
export async function filePassword(context: Asking, file: string): Promise<string> {
  const given = await givenPassword(context);
  if (given !== undefined) return given;
  return context.console.prompt(`Password of ${file}:`, { hidden: true, aside: context.flag('json') });
}

/** The same for a file that is to be written: asked for twice. Throws ERROR_INVALID_PASSWORD where the two differ. */
export async function newFilePassword(context: Asking, file: string): Promise<string> {
  return (await givenPassword(context)) ?? newPassword(context, file);
}

async function givenPassword({ console, option }: Asking): Promise<string | undefined> {
  const path = option('password-file');
  if (path === undefined) return undefined;
  const content = await console.readFile(path);
  try {
    const [line] = new TextDecoder().decode(content).split(/\r?\n/, 1);
    if (line) return line;
  } finally {
    wipe(content);
  }
  throw hresult('ERROR_INVALID_PASSWORD', `The first line of ${path} is empty.`, { hint: 'write the password there' });
}
