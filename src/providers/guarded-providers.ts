import { hresult } from '#hresult/hresult-error';
import type { KeyProviders, KeyStorageProvider } from '#pki/crypto/key-provider';

/** What somebody may do with a key set. */
export interface KeyGuard {
  /** Make, bring in, delete and reassign keys. */
  readonly mayChange: boolean;
  /** Use a key that has this security descriptor (SDDL); empty where it has that of the key set. */
  mayUse(securityDescriptor: string): boolean;
  /** The detail of refusals, and what to do about them. */
  readonly refused: string;
  readonly hint: string;
}

/**
 * The providers of a key set as somebody sees them. The names of its containers are everybody's to see. To open a key that is
 * not one's to use fails with NTE_BAD_KEYSET, which is what Windows answers where the access control list of a key has no entry
 * for the caller; to make, bring in or delete one with ERROR_ACCESS_DENIED.
 */
export function guardedProviders(providers: KeyProviders, guard: KeyGuard): KeyProviders {
  return {
    known: providers.known,
    all: providers.all.map((provider) => guardedProvider(provider, guard)),
    byName: (name) => guardedProvider(providers.byName(name), guard),
  };
}

function guardedProvider(provider: KeyStorageProvider, guard: KeyGuard): KeyStorageProvider {
  const { refused, hint } = guard;
  const changing = async <T>(change: () => Promise<T>): Promise<T> => {
    if (guard.mayChange) return change();
    throw hresult('ERROR_ACCESS_DENIED', refused, { hint });
  };
  const setDescriptor = provider.setSecurityDescriptor?.bind(provider);
  return {
    name: provider.name,
    type: provider.type,
    machineKeyset: provider.machineKeyset,
    ciphers: provider.ciphers,
    createKey: (key) => changing(() => provider.createKey(key)),
    importKey: (pkcs8, key) => changing(() => provider.importKey(pkcs8, key)),
    async openKey(container, keySpec) {
      const key = await provider.openKey(container, keySpec);
      if (guard.mayUse(key.securityDescriptor ?? '')) return key;
      key.close();
      throw hresult('NTE_BAD_KEYSET', refused, { hint });
    },
    listContainers: () => provider.listContainers(),
    listKeys: () => provider.listKeys(),
    deleteKey: (container, keySpec) => changing(() => provider.deleteKey(container, keySpec)),
    ...(setDescriptor && {
      setSecurityDescriptor: (container: string, sddl: string) => changing(() => setDescriptor(container, sddl)),
    }),
  };
}
