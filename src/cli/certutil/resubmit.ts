import { formatHresult, symbolOf } from '#hresult/format';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { parseRequestId } from './request-id.ts';
import { withAuthority } from './with-authority.ts';

/**
 * `certutil -resubmit RequestId`. A request that is denied again fails the command with the reason it was denied for: a
 * script must not take it for issued (assumed; no published transcript shows that case).
 */
export async function run(context: CertutilContext): Promise<Json> {
  const requestId = parseRequestId(context.args[0]!);
  const { disposition, dispositionMessage, statusCode } = await withAuthority(context, (authority) =>
    authority.resubmit(requestId),
  );
  if (disposition === 'issued') context.out('Certificate issued.');
  else if (disposition === 'pending') context.out('Certificate request is pending...');
  else {
    throw hresult(
      symbolOf(statusCode) ?? 'E_FAIL',
      `Request ${requestId}: ${dispositionMessage} (${formatHresult(statusCode)})`,
    );
  }
  return { requestId, disposition, dispositionMessage };
}
