import { join } from 'node:path';
import { directoriesIn } from '#files/durable-file';
import { hresult } from '#hresult/hresult-error';
import { DirectoryStore, type InheritedStore } from './directory-store.ts';
import { requireFolderName } from './folder-name.ts';
import type { CertificateStore, CertificateStores } from './ports/certificate-store.ts';
import type { StoreRow } from './store-names.ts';

export interface StoreSetOptions {
  /** Holds a directory a store, made on the first addition. */
  readonly directory: string;
  /** The stores that are always there. */
  readonly rows: readonly StoreRow[];
  readonly isMachine: boolean;
  /** What is seen through the store of a row. */
  inherited(row: StoreRow): readonly InheritedStore[];
  /** The machine's stores, for those of a user or a service: what others have made there is seen through these. */
  readonly machine?: CertificateStores | undefined;
}

/**
 * The stores of `rows`, and those of other names that somebody has made, which are looked for each time: a service keeps its
 * set while commands make stores.
 */
export function storeSet({ directory, rows, isMachine, inherited, machine }: StoreSetOptions): CertificateStores {
  const known = rows.map((row) => new DirectoryStore(row, join(directory, row.name), isMachine, inherited(row)));

  const openOther = (name: string): CertificateStore => {
    const ofMachine = machine?.all.find((store) => isSame(store.name, name));
    const row = { name, displayName: name, inheritsFromMachine: true };
    return new DirectoryStore(
      row,
      join(directory, name),
      isMachine,
      ofMachine ? [{ store: ofMachine, as: '.LocalMachine' }] : [],
    );
  };
  const others = (): CertificateStore[] => {
    const names: string[] = [];
    for (const name of [...directoriesIn(directory), ...(machine?.all.map((store) => store.name) ?? [])]) {
      if (![...known.map((store) => store.name), ...names].some((before) => isSame(before, name))) names.push(name);
    }
    return names.sort().map(openOther);
  };

  return {
    get all() {
      return [...known, ...others()];
    },
    open(typed, { create = false } = {}) {
      const name = typed.trim();
      const isMeant = (store: CertificateStore) => isSame(store.name, name);
      const store = known.find(isMeant) ?? others().find(isMeant);
      if (store) return store;
      if (create)
        return openOther(requireFolderName(name, 'a store', 'Name it as a file could be named, such as Partners.'));
      const all = this.all.map((each) => each.name).join(', ');
      throw hresult('ERROR_FILE_NOT_FOUND', `There is no certificate store named ${typed}.`, {
        hint: `Stores: ${all}. certutil -f -addstore makes another one.`,
      });
    },
  };
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
