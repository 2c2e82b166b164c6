import type { CertificateStore, CertificateStores, StoreEntry } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import type { KeyProviders } from '#pki/crypto/key-provider';
import type { KeyPlace } from '../../certutil/store/key-place.ts';
import { keyPasswordsAt } from '../../io/key-passwords.ts';
import type { CommandContext } from '../context.ts';

/** Whose stores, and the keys that belong to them. */
export interface Place extends KeyPlace {
  /** As it is typed: `user`, `machine`, `service:CertSvc`, `enterprise`. */
  readonly name: string;
  /** The providers of the machine's key set, or of the caller's: keys are where the certificate says. */
  keyProviders(machineKeyset: boolean): Promise<KeyProviders>;
}

type PlaceContext = Pick<
  CommandContext,
  'console' | 'isJson' | 'engine' | 'stores' | 'enterpriseStores' | 'serviceStores' | 'providers'
>;

/** The caller's own where nothing is typed. Throws ERROR_INVALID_PARAMETER. */
export async function openPlace(context: PlaceContext, typed = 'user'): Promise<Place> {
  const passwords = keyPasswordsAt({
    prompt: (question, options) => context.console.prompt(question, { ...options, aside: context.isJson }),
  });
  const keyProviders = (machineKeyset: boolean) => context.providers(machineKeyset, passwords);
  const isMachine = typed.toLowerCase() !== 'user';
  return {
    name: typed,
    isMachine,
    stores: await storesOf(context, typed),
    providers: await keyProviders(isMachine),
    engine: await context.engine(),
    keyProviders,
  };
}

async function storesOf(context: PlaceContext, typed: string): Promise<CertificateStores> {
  const [, service] = /^service:(.+)$/i.exec(typed) ?? [];
  if (service !== undefined) return (await context.serviceStores()).of(service);
  switch (typed.toLowerCase()) {
    case 'user':
      return context.stores(false);
    case 'machine':
      return context.stores(true);
    case 'enterprise':
      return context.enterpriseStores();
    default:
      throw hresult('ERROR_INVALID_PARAMETER', `${typed} is no place of certificates.`, {
        hint: 'user, machine, service:NAME or enterprise',
      });
  }
}

/** Those that the CertId token names, all for `*`. Throws NTE_NOT_FOUND. */
export async function findEntries(
  store: CertificateStore,
  certId: string,
  { name }: Place,
): Promise<readonly StoreEntry[]> {
  const entries = certId === '*' ? await store.list() : await store.find(certId);
  if (entries.length > 0) return entries;
  throw hresult('NTE_NOT_FOUND', `The store ${store.name} (${name}) has no certificate ${certId}.`, {
    hint: 'certutil -store, with -user for your own, lists what is in a store; --in user, machine, service:NAME or enterprise says whose',
  });
}

/** Throws TYPE_E_AMBIGUOUSNAME. */
export function requireOne(entries: readonly StoreEntry[], certId: string): StoreEntry {
  const [first, ...others] = entries;
  if (first && others.length === 0) return first;
  const all = entries.map(({ thumbprint }) => thumbprint).join(', ');
  throw hresult('TYPE_E_AMBIGUOUSNAME', `${certId} means ${entries.length} certificates: ${all}.`, {
    hint: 'name one by its SHA-1 hash',
  });
}
