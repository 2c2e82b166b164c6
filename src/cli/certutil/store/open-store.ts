import type { CertificateStore, CertificateStores } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import type { CertutilContext } from '../context.ts';
import { readStoreFile } from './file.ts';

export type StoreContext = Pick<
  CertutilContext,
  'console' | 'options' | 'stores' | 'enterpriseStores' | 'serviceStores' | 'publishedStore' | 'fileStore'
>;

/** The options that say whose stores are meant; the machine's where none of them is given. */
const CONTEXTS = ['user', 'enterprise', 'Service', 'GroupPolicy'] as const;

/** A file in the place of a store: by its name, or whatever its name is behind an `@`. */
const FILE = /^@(.+)$|^(.+\.(?:sst|p7b|p7c|spc))$/i;

/**
 * The store that the first argument of a store verb names: `My`; with -Service `CertSvc\My`; an LDAP URL or a file whatever
 * the options. Throws ERROR_FILE_NOT_FOUND for an unknown one that `create` does not make, ERROR_NOT_SUPPORTED for
 * -GroupPolicy, and as readStoreFile.
 */
export async function openStore(
  context: StoreContext,
  token: string,
  { create = false }: { readonly create?: boolean } = {},
): Promise<CertificateStore> {
  const { options } = context;
  if (/^ldap:/i.test(token)) return context.publishedStore(token, !options.has('user'));
  const [, named, typed = named] = FILE.exec(token) ?? [];
  if (typed !== undefined) {
    return context.fileStore(typed, readStoreFile(await context.console.readFile(typed)));
  }
  if (storeContext(options) !== 'Service') return (await openStores(context)).open(token, { create });
  const [service, name, ...rest] = token.split('\\');
  if (service === undefined || name === undefined || rest.length > 0) {
    throw hresult('ERROR_INVALID_PARAMETER', `${token} names no store of a service.`, {
      hint: 'Name the service and its store: CertSvc\\My.',
    });
  }
  return (await context.serviceStores().then((stores) => stores.of(service))).open(name, { create });
}

/** All stores that the options mean, but for -Service, which needs the name of one. */
export async function openStores(context: StoreContext): Promise<CertificateStores> {
  switch (storeContext(context.options)) {
    case 'enterprise':
      return context.enterpriseStores();
    case 'user':
      return context.stores(false);
    default:
      return context.stores(true);
  }
}

/** The stores by which those who use this store trust: its own, or the machine's for what belongs to no one account. */
export async function storesOfTrust(context: StoreContext, token: string): Promise<CertificateStores> {
  switch (storeContext(context.options)) {
    case 'Service':
      return context.serviceStores().then((stores) => stores.of(token.split('\\')[0]!));
    case 'user':
      return context.stores(false);
    default:
      return context.stores(true);
  }
}

/** Throws ERROR_INVALID_PARAMETER for two of them. */
export function storeContext(options: StoreContext['options']): (typeof CONTEXTS)[number] | undefined {
  const [given, second] = CONTEXTS.filter((name) => options.has(name));
  if (second !== undefined) {
    throw hresult('ERROR_INVALID_PARAMETER', `-${given} and -${second} at once.`, {
      hint: 'Give one of -user, -enterprise and -Service, or none for the stores of the machine.',
    });
  }
  if (given !== 'GroupPolicy') return given;
  throw hresult('ERROR_NOT_SUPPORTED', 'There are no group policies here, and no stores of theirs.', {
    hint: 'Leave it out for the stores of the machine; -enterprise shows what the directory publishes for all.',
  });
}
