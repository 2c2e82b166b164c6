import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -pingadmin`. */
export async function run(context: CertutilContext): Promise<Json> {
  return withAuthority(context, async (authority) => {
    context.out(`Connecting to ${authority.config} ...`);
    await authority.ping();
    context.out('Server ICertAdmin2 interface is alive');
    return { config: authority.config, isAlive: true };
  });
}
