import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -getconfig`: the CA that is meant where no other is named (the words are assumed, no transcript was found). */
export async function run(context: CertutilContext): Promise<Json> {
  const config = await withAuthority(context, async (authority) => authority.config);
  context.out(`Config String: "${config}"`);
  return { config };
}
