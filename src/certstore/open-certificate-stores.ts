import type { InheritedStore } from './directory-store.ts';
import type { CertificateStores } from './ports/certificate-store.ts';
import { STORES } from './store-names.ts';
import { storeSet } from './store-set.ts';

export interface CertificateStoresOptions {
  /** Holds a directory a store, made on the first addition. */
  readonly directory: string;
  /** The machine's stores, for those of a user or a service: what they inherit. Absent for the machine's own. */
  readonly machine?: CertificateStores;
  /** Of the enterprise, for the machine's: what it inherits. */
  readonly enterprise?: CertificateStores;
}

export function openCertificateStores({ directory, machine, enterprise }: CertificateStoresOptions): CertificateStores {
  return storeSet({
    directory,
    rows: STORES,
    isMachine: machine === undefined,
    machine,
    inherited: (row) => {
      const inherited: InheritedStore[] = [];
      if (machine && row.inheritsFromMachine) inherited.push({ store: machine.open(row.name), as: '.LocalMachine' });
      const ofEnterprise = enterprise?.all.find(({ name }) => name === row.name);
      if (ofEnterprise) inherited.push({ store: ofEnterprise, as: '.Enterprise' });
      return inherited;
    },
  });
}
