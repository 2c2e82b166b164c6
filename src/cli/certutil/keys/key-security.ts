import { CRYPT_MACHINE_KEYSET, type StoreEntry } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import type { KeyProviders, KeyStorageProvider } from '#pki/crypto/key-provider';
import { isNamed } from './named-key.ts';

/**
 * Sets who may use the keys of these entries. All keys are looked at before the first changes. Throws CRYPT_E_NO_KEY_PROPERTY,
 * NTE_NOT_FOUND for a key that is not there, NTE_NOT_SUPPORTED for a provider whose device decides itself.
 */
export async function setKeySecurity(
  entries: readonly StoreEntry[],
  sddl: string,
  keyProviders: (machineKeyset: boolean) => Promise<KeyProviders>,
): Promise<void> {
  const steps: (() => Promise<void>)[] = [];
  for (const { properties, thumbprint } of entries) {
    const info = properties.keyProvInfo;
    if (!info) {
      throw hresult('CRYPT_E_NO_KEY_PROPERTY', `The certificate ${thumbprint} has no private key here.`, {
        hint: 'certutil -repairstore without a descriptor joins it with its key',
      });
    }
    const provider = (await keyProviders((info.flags & CRYPT_MACHINE_KEYSET) !== 0)).byName(info.provider);
    const container = await requireContainer(provider, info.container);
    const set = provider.setSecurityDescriptor?.bind(provider);
    if (!set) throw hresult('NTE_NOT_SUPPORTED', `${provider.name} has no security descriptors.`);
    steps.push(() => set(container, sddl));
  }
  for (const step of steps) await step();
}

async function requireContainer(provider: KeyStorageProvider, name: string): Promise<string> {
  const key = (await provider.listKeys()).find((one) => isNamed(one, name));
  if (key) return key.container;
  throw hresult('NTE_NOT_FOUND', `${provider.name} has no container ${name}.`, {
    hint: 'certutil -csp * -key lists the keys of every provider',
  });
}
