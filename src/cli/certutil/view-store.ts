import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { run as list } from './store.ts';

/** `certutil -viewstore [Store [CertId [OutFile]]]`: Windows lets somebody choose in a window; here what matches is listed. */
export async function run(context: CertutilContext): Promise<Json> {
  context.console.writeError('There is no window to choose in: all that matches is listed.\n');
  return list(context);
}
