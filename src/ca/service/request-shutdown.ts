import { hresult } from '#hresult/hresult-error';
import { audit } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import { authorize } from '../roles/authorize.ts';

/**
 * Who asks is on record before the service hears of it; that it has stopped is recorded once it has. Throws
 * ERROR_ACCESS_DENIED, ERROR_SERVICE_NOT_ACTIVE where no service is to be stopped.
 */
export async function requestShutdown(
  authority: Authority,
  caller: Caller,
  shutdown: (() => void) | undefined,
): Promise<void> {
  const { clock, database } = authority.ports;
  const attempt = { event: 'serviceStopped', values: [] } as const;
  const configuration = await authorize(authority, caller, ['Administrator', 'Operator'], attempt);
  if (shutdown === undefined) {
    throw hresult('ERROR_SERVICE_NOT_ACTIVE', 'The CA has run for this command alone.', {
      hint: 'certhaven serve starts the service',
    });
  }
  const context = { time: clock.now(), subject: caller.accountName, configuration };
  const writes = audit(context, attempt.event, attempt.values);
  if (writes.length > 0) await database.commit(writes);
  shutdown();
}
