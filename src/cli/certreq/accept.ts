import { acceptResponse, isAwaited } from '#enroll/accept';
import { hresult } from '#hresult/hresult-error';
import { formatSerial } from '#pki/x509/serial-number';
import type { Json } from '../io/verb.ts';
import { refuseOptions } from './authority.ts';
import type { CertreqContext } from './context.ts';
import { installedCertificate } from './installed-certificate.ts';

/** `certreq -accept CertChainFileIn | FullResponseFileIn | CertFileIn` */
export async function run(context: CertreqContext): Promise<Json> {
  const { args, console, clock, options, out } = context;
  refuseOptions(context);
  const file = await console.readFile(args[0]!);
  const engine = await context.engine();
  const machine = await isMachine(context, file);
  const [stores, providers] = await Promise.all([context.stores(machine), context.providers(machine)]);
  const accepted = await acceptResponse(file, { engine, clock, stores, providers }, { force: options.has('f') });
  const { lines, json } = await installedCertificate(accepted.certificate, engine);
  for (const line of lines) out(line);
  const { store, onBehalfOf, renewed, keyArchived } = accepted;
  if (onBehalfOf !== undefined) out(`On behalf of ${onBehalfOf}: in the store ${store}.`);
  if (renewed) out(`Archived: ${formatSerial(renewed.tbsCertificate.serialNumber)}`);
  const { provider, container } = accepted.keyLocation;
  return {
    certificate: json,
    provider,
    container,
    machine,
    keyArchived,
    store,
    onBehalfOf,
    renewed: renewed && formatSerial(renewed.tbsCertificate.serialNumber),
  };
}

/** Without -user and -machine: whoever waits for it, the user before the machine. */
async function isMachine(context: CertreqContext, file: Uint8Array): Promise<boolean> {
  const { options } = context;
  if (options.has('machine') && options.has('user')) throw hresult('ERROR_INVALID_PARAMETER', '-machine and -user.');
  if (options.has('machine') || options.has('user')) return options.has('machine');
  const engine = await context.engine();
  if (await isAwaited(file, { stores: await context.stores(false), engine })) return false;
  return isAwaited(file, { stores: await context.stores(true), engine });
}
