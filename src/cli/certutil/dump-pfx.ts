import { decodePfx } from '#pki/pkcs12/pfx';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { printPfx } from './dump/pfx.ts';
import { openPage } from './dump.ts';
import { existingPassword } from './pfx/password.ts';

/** `certutil -dumpPFX File`: the page of -dump, for a file that has to be a PFX. */
export async function run(context: CertutilContext): Promise<Json> {
  const bytes = await context.console.readFile(context.args[0]!);
  // Nobody is asked for the password of what is no PFX.
  decodePfx(bytes);
  return printPfx(await openPage(context), bytes, await existingPassword(context));
}
