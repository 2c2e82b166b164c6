import { hresult } from '#hresult/hresult-error';
import type { KeyProviders, KeyStorageProvider } from '#pki/crypto/key-provider';

/**
 * The providers of a key set as somebody sees them who may not use it: the names of its containers, no key. To open one fails
 * with NTE_BAD_KEYSET, which is what Windows answers where the access control list of a key has no entry for the caller; to
 * make, bring in or delete one with ERROR_ACCESS_DENIED. `refused` is the detail of both.
 */
export function closedProviders(providers: KeyProviders, refused: string, hint: string): KeyProviders {
  return {
    known: providers.known,
    all: providers.all.map((provider) => closedProvider(provider, refused, hint)),
    byName: (name) => closedProvider(providers.byName(name), refused, hint),
  };
}

function closedProvider(provider: KeyStorageProvider, refused: string, hint: string): KeyStorageProvider {
  const deny = async (): Promise<never> => {
    throw hresult('ERROR_ACCESS_DENIED', refused, { hint });
  };
  return {
    name: provider.name,
    type: provider.type,
    machineKeyset: provider.machineKeyset,
    ciphers: provider.ciphers,
    createKey: deny,
    importKey: deny,
    openKey: async () => {
      throw hresult('NTE_BAD_KEYSET', refused, { hint });
    },
    listContainers: () => provider.listContainers(),
    listKeys: () => provider.listKeys(),
    deleteKey: deny,
  };
}
