import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { parseRequestId } from './request-id.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -deny RequestId`. */
export async function run(context: CertutilContext): Promise<Json> {
  const requestId = parseRequestId(context.args[0]!);
  await withAuthority(context, (authority) => authority.deny(requestId));
  context.out('Request denied.');
  return { requestId, disposition: 'denied' };
}
