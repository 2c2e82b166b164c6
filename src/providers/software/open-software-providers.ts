import { hresult } from '#hresult/hresult-error';
import type { KeyProviders, KeyStorageProvider } from '#pki/crypto/key-provider';
import { findProvider, PROVIDERS } from '../names.ts';
import { KeySet, type KeySetOptions } from './key-set.ts';
import { SoftwareProvider } from './software-provider.ts';

/**
 * All providers Windows has in software, over one directory of key files, which the first key makes. Names that promise
 * a device (smart card, TPM) are known but not served: `byName` throws NTE_DEVICE_NOT_READY for them, and
 * NTE_KEYSET_NOT_DEF for unknown names.
 */
export async function openSoftwareProviders(options: KeySetOptions): Promise<KeyProviders> {
  const keySet = await KeySet.open(options);
  const all = PROVIDERS.filter(({ device }) => device === 'software').map((row) => new SoftwareProvider(row, keySet));
  return {
    all,
    known: PROVIDERS,
    byName(name: string): KeyStorageProvider {
      const row = findProvider(name);
      if (!row)
        throw hresult('NTE_KEYSET_NOT_DEF', `There is no provider named ${name}.`, {
          hint: 'certutil -csplist lists those that are here, such as Microsoft Software Key Storage Provider; certhaven provider add names one over a token',
        });
      const provider = all.find((served) => served.name === row.name);
      if (provider) return provider;
      throw hresult('NTE_DEVICE_NOT_READY', `There is no ${row.device} here for the keys of ${row.name}.`, {
        hint: 'Name a software provider, such as Microsoft Software Key Storage Provider (KSP).',
      });
    },
  };
}
