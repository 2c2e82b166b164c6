import type { CertificateStore, CertificateStores } from './ports/certificate-store.ts';
import { ENTERPRISE_STORES } from './store-names.ts';
import { storeSet } from './store-set.ts';

export interface EnterpriseStoresOptions {
  /** Holds a directory a store, made on the first addition. */
  readonly directory: string;
  /** What the directory publishes for the store of this name; undefined where there is no domain, and for most stores. */
  readonly published?: (name: string) => CertificateStore | undefined;
}

/** What the machine keeps for the enterprise it is in, and what the directory publishes for that. */
export function openEnterpriseStores({ directory, published }: EnterpriseStoresOptions): CertificateStores {
  return storeSet({
    directory,
    rows: ENTERPRISE_STORES,
    isMachine: true,
    inherited: ({ name }) => {
      const store = published?.(name);
      return store ? [{ store, as: '.Directory' }] : [];
    },
  });
}
