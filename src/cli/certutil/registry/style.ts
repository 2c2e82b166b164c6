import type { CertutilContext } from '../context.ts';
import { dateStyle } from '../text/date-style.ts';
import type { RegistryStyle } from './lines.ts';

export async function registryStyle({ options, directory }: CertutilContext): Promise<RegistryStyle> {
  return { ...dateStyle(options), showUnset: options.has('v'), directory: await directory() };
}

/** What -setreg and -delreg end with, behind the status line. */
export const RESTART_NOTICE = 'The CertSvc service may need to be restarted for changes to take effect.';
