import { isIP } from 'node:net';
import { hresult } from '#hresult/hresult-error';
import { formatDate } from '../io/date.ts';
import type { CommandContext, Endpoint } from './context.ts';

/** Not 443 and 80: those ask for rights that a CA is better off without. */
const HTTPS_PORT = '8443';
const HTTP_PORT = '8080';

/** Runs until the process is asked to end. Throws what keeps the service from going on: who started it starts it again. */
export async function run(context: CommandContext): Promise<undefined> {
  const { console, out } = context;
  if (context.arguments.length > 0) throw hresult('ERROR_INVALID_PARAMETER', 'No argument is expected.');
  const http = context.option('http') ?? HTTP_PORT;
  // Listened for from now on: a stop that is asked for while it starts is kept, and whoever reads the line below may ask at once.
  const stopRequest = context.stopRequest();
  const service = await context.serve({
    https: endpoint('--listen', context.option('listen') ?? HTTPS_PORT),
    http: http === 'off' ? undefined : endpoint('--http', http),
    names: context.options('name').map(requireName),
    onFault: (what, thrown) => {
      const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      console.writeError(`${new Date().toISOString()} ${what}: ${text}\n`);
    },
  });
  const { config, url, certEnrollUrl, certificateFault } = service;
  if (certificateFault !== undefined) {
    const { error, ends } = certificateFault;
    const shown = ends
      ? `which shows the one it has until ${formatDate(ends)}`
      : 'which shows a self-signed one that no other machine trusts';
    console.writeError(`The CA issued no certificate for the service, ${shown}: ${error.message}\n`);
  }
  out(
    `${config} listens at ${url}${certEnrollUrl === undefined ? '' : `, CRLs and CA certificates at ${certEnrollUrl}`}`,
  );
  context.tell({
    config,
    url,
    certEnrollUrl,
    isSelfSigned: certificateFault !== undefined && certificateFault.ends === undefined,
  });
  const fault = await Promise.race([stopRequest, service.shutdownRequest, service.ended]);
  if (fault !== undefined) {
    // The fault is what counts, not that the stop could not be recorded.
    await service.stop().catch(() => undefined);
    throw fault;
  }
  await service.stop();
  out(`${config} stopped.`);
  return undefined;
}

/**
 * RFC 1034 §3.5, RFC 1123 §2.1: what a certificate can name a machine by. Throws ERROR_INVALID_PARAMETER.
 */
function requireName(name: string): string {
  const isHostName =
    name.length <= 253 && name.split('.').every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i.test(label));
  if (isHostName || isIP(name) > 0) return name;
  throw hresult('ERROR_INVALID_PARAMETER', `--name ${name} is no DNS name and no IP address.`, {
    hint: '--name ca01.example.com or --name 192.0.2.1; an international name in its form that begins with xn--',
  });
}

/** `8443`, `ca01.contoso.com:8443`, `[::1]:8443`. Throws ERROR_INVALID_PARAMETER. */
function endpoint(name: string, text: string): Endpoint {
  const [, bracketed, host, digits] = /^(?:\[([0-9a-f:.]+)\]:|([^\s:]+):)?([0-9]{1,5})$/i.exec(text) ?? [];
  if (digits !== undefined && Number(digits) <= 65535) return { host: bracketed ?? host, port: Number(digits) };
  throw hresult('ERROR_INVALID_PARAMETER', `${name} ${text} is no port, and no address with one.`, {
    hint: `${name} 8443, ${name} 127.0.0.1:8443 or ${name} [::1]:8443`,
  });
}
