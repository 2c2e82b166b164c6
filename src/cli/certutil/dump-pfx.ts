import { readPfxFile } from '#pki/pkcs12/pfx-file';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { printPfx } from './dump/pfx.ts';
import { openPage } from './dump.ts';
import { existingPassword } from './pfx/password.ts';

/** `certutil -dumpPFX File`: the page of -dump, for a file that has to be a PFX. */
export async function run(context: CertutilContext): Promise<Json> {
  const bytes = readPfxFile(await context.console.readFile(context.args[0]!));
  return printPfx(await openPage(context), bytes, await existingPassword(context));
}
