import { join } from 'node:path';
import { hresult } from '#hresult/hresult-error';
import { DirectoryStore } from './directory-store.ts';
import type { CertificateStore, CertificateStores } from './ports/certificate-store.ts';
import { STORES } from './store-names.ts';

export interface CertificateStoresOptions {
  /** Holds a directory a store, made on the first addition. */
  readonly directory: string;
  /** The machine's stores, for those of a user: what they inherit. Absent for the machine's own. */
  readonly machine?: CertificateStores;
}

export function openCertificateStores({ directory, machine }: CertificateStoresOptions): CertificateStores {
  const all = STORES.map((row) => {
    const inherited = row.inheritsFromMachine ? machine?.open(row.name) : undefined;
    return new DirectoryStore(row, join(directory, row.name), machine === undefined, inherited);
  });
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
