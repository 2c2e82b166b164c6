import { HRESULTS } from '#hresult/codes';
import { formatHresult } from '#hresult/format';
import { HresultError, isHresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -ping`: MaxSecondsToWait and a list of machines do not count, the CA is the one of -config. */
export async function run(context: CertutilContext): Promise<Json> {
  const { clock, options, out } = context;
  const started = clock.now().getTime();
  const elapsed = () => Math.max(0, clock.now().getTime() - started);
  let isNamed = false;
  try {
    return await withAuthority(context, async (authority) => {
      out(`Connecting to ${authority.config} ...`);
      isNamed = true;
      await authority.ping();
      const milliseconds = elapsed();
      out(`Server "${(await authority.info()).commonName}" ICertRequest2 interface is alive (${milliseconds}ms)`);
      return { config: authority.config, isAlive: true, milliseconds };
    });
  } catch (error) {
    if (error instanceof HresultError && isHresult(error, 'RPC_S_SERVER_UNAVAILABLE')) {
      if (!isNamed) out(`Connecting to ${options.value('config') ?? '-'} ...`);
      const text = HRESULTS[error.symbol][1];
      out(`Server could not be reached: ${text} ${formatHresult(error.hresult)} -- (${elapsed()}ms)`);
    }
    throw error;
  }
}
