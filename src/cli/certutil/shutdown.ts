import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -shutdown`: the service answers what is under way and ends. */
export async function run(context: CertutilContext): Promise<Json> {
  return withAuthority(context, async (authority) => {
    await authority.shutdown();
    return { config: authority.config };
  });
}
