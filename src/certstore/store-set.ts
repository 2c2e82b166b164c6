import { hresult } from '#hresult/hresult-error';
import type { CertificateStore, CertificateStores } from './ports/certificate-store.ts';

/** These stores by name. */
export function storeSet(all: readonly CertificateStore[]): CertificateStores {
  return {
    all,
    open(name: string): CertificateStore {
      const store = all.find((known) => known.name.toLowerCase() === name.trim().toLowerCase());
      if (store) return store;
      throw hresult('ERROR_FILE_NOT_FOUND', `There is no certificate store named ${name}.`, {
        hint: `Stores: ${all.map((known) => known.name).join(', ')}.`,
      });
    },
  };
}
