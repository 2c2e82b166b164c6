import { CRYPT_MACHINE_KEYSET, type KeyProvInfo } from '#certstore/ports/certificate-store';
import { hresult, isHresult } from '#hresult/hresult-error';
import type { KeyProviders, ProviderKey } from '#pki/crypto/key-provider';

/** The key that a store entry names. Throws NTE_PROV_TYPE_NO_MATCH, and as KeyProviders.byName and KeyStorageProvider.openKey. */
export async function openStoredKey(
  info: KeyProvInfo,
  keyProviders: (machineKeyset: boolean) => Promise<KeyProviders>,
): Promise<ProviderKey> {
  const providers = await keyProviders((info.flags & CRYPT_MACHINE_KEYSET) !== 0);
  const provider = providers.byName(info.provider);
  if (info.providerType !== provider.type) {
    throw hresult('NTE_PROV_TYPE_NO_MATCH', `${provider.name} is of type ${provider.type}, not ${info.providerType}.`, {
      hint: 'certutil -repairstore STORE CERTIFICATE joins the certificate with its key anew',
    });
  }
  // A CNG key has no KeySpec: one recorded beside it is the fault that -repairstore mends, and does not hide the key.
  return provider.openKey(info.container, provider.type === 0 ? undefined : info.keySpec);
}

/** True for the errors that say there is no such key here, and not that it is there and unusable. */
export function isKeyMissing(error: unknown): boolean {
  return (['NTE_BAD_KEYSET', 'NTE_NO_KEY', 'NTE_KEYSET_NOT_DEF', 'NTE_DEVICE_NOT_READY'] as const).some((symbol) =>
    isHresult(error, symbol),
  );
}
