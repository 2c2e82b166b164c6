import { setTimeout as delay } from 'node:timers/promises';
import { HRESULTS } from '#hresult/codes';
import { formatHresult } from '#hresult/format';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { OptionValues } from '../io/option.ts';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import type { CertutilOption } from './options.ts';
import { withAuthority } from './with-authority.ts';

/** Between two attempts to reach a CA that is waited for. */
const PAUSE = 1000;

/**
 * `certutil -ping [MaxSecondsToWait | CAMachineList]`: the CA of -config, tried until it answers where seconds are given; or
 * each of a comma list, by `HOST\CA` or by the machine of a CA that is known here.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const [argument] = context.args;
  if (argument === undefined) return ping(context);
  if (/^[0-9]{1,6}$/.test(argument)) return pingUntil(context, Number(argument) * 1000);
  const answers: Json[] = [];
  let failure: unknown;
  for (const config of await configsOf(context, argument)) {
    const { options } = context;
    const values = new Map(options.names().map((name) => [name, options.value(name) ?? '']));
    try {
      answers.push(await ping({ ...context, options: new OptionValues<CertutilOption>(values.set('config', config)) }));
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return answers;
}

async function configsOf({ authorities }: CertutilContext, list: string): Promise<string[]> {
  const known = await authorities();
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .flatMap((name) => {
      const there = known.filter((config) => config.toLowerCase().startsWith(`${name.toLowerCase()}\\`));
      return there.length > 0 ? there : [name];
    });
}

async function pingUntil(context: CertutilContext, milliseconds: number): Promise<Json> {
  const end = context.clock.now().getTime() + milliseconds;
  for (;;) {
    try {
      return await ping(context);
    } catch (error) {
      const left = end - context.clock.now().getTime();
      if (left <= 0 || !isHresult(error, 'RPC_S_SERVER_UNAVAILABLE')) throw error;
      await delay(Math.min(left, PAUSE));
    }
  }
}

async function ping(context: CertutilContext): Promise<Json> {
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
