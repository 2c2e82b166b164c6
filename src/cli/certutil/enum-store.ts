import type { CertificateStores } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { readableEntries } from './store/damaged.ts';
import { storeHeading } from './store/listing.ts';
import { openStores, storeContext } from './store/open-store.ts';

/**
 * `certutil -enumstore [\\Machine]`: the stores of the machine, with -user one's own, with -enterprise those of the
 * enterprise, with -Service those of every service account. -v counts what is in each. The layout is ours.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, options, out } = context;
  requireThisMachine(args[0], context.machineName);
  const isVerbose = options.has('v');
  const found: Json[] = [];
  for (const { service, stores } of await storesMeant(context)) {
    for (const store of stores.all) {
      const name = service === undefined ? store.name : `${service}\\${store.name}`;
      const certificates = await readableEntries(store);
      const crls = await store.listCrls();
      const ctls = await store.listCtls();
      const damaged = await store.listDamaged();
      out(storeHeading(store, name));
      if (isVerbose) {
        if (certificates) out(`  Certificates: ${certificates.length}`);
        out(`  CRLs: ${crls.length}`);
        if (ctls.length > 0) out(`  CTLs: ${ctls.length}`);
        if (damaged.length > 0) out(`  Damaged entries: ${damaged.length}`);
      }
      const { displayName } = store;
      const counts = {
        certificates: certificates?.length,
        crls: crls.length,
        ctls: ctls.length,
        damaged: damaged.length,
      };
      found.push({ name, displayName, ...counts });
    }
  }
  return found;
}

async function storesMeant(
  context: CertutilContext,
): Promise<readonly { readonly service?: string; readonly stores: CertificateStores }[]> {
  if (storeContext(context.options) !== 'Service') return [{ stores: await openStores(context) }];
  const services = await context.serviceStores();
  const names = await services.services();
  return Promise.all(names.map(async (service) => ({ service, stores: await services.of(service) })));
}

/** Throws ERROR_BAD_NETPATH: the stores of another machine are reached there. */
function requireThisMachine(typed: string | undefined, machineName: string): void {
  if (typed === undefined) return;
  const name = typed.replace(/^\\\\/, '').toLowerCase();
  if ([machineName, machineName.split('.')[0], 'localhost', '.'].some((own) => own?.toLowerCase() === name)) return;
  throw hresult('ERROR_BAD_NETPATH', `${typed} is another machine.`, { hint: 'Run certutil -enumstore there.' });
}
