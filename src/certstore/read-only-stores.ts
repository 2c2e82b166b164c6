import { hresult } from '#hresult/hresult-error';
import type { CertificateStore, CertificateStores } from './ports/certificate-store.ts';

/** The stores as somebody sees them who may read and not change them: every change throws ERROR_ACCESS_DENIED. */
export function readOnlyStores(stores: CertificateStores, refused: string, hint: string): CertificateStores {
  return {
    get all() {
      return stores.all.map((store) => readOnlyStore(store, refused, hint));
    },
    open: (name, options) => readOnlyStore(stores.open(name, options), refused, hint),
  };
}

function readOnlyStore(store: CertificateStore, refused: string, hint: string): CertificateStore {
  const deny = async (): Promise<never> => {
    throw hresult('ERROR_ACCESS_DENIED', refused, { hint });
  };
  return {
    name: store.name,
    displayName: store.displayName,
    isMachineStore: store.isMachineStore,
    list: () => store.list(),
    find: (certId) => store.find(certId),
    add: deny,
    remove: deny,
    setProperty: deny,
    setPropertyBytes: deny,
    propertyBytes: (entry) => store.propertyBytes(entry),
    listCrls: () => store.listCrls(),
    findCrls: (token) => store.findCrls(token),
    addCrl: deny,
    removeCrl: deny,
    listCtls: () => store.listCtls(),
    findCtls: (token) => store.findCtls(token),
    addCtl: deny,
    removeCtl: deny,
    listDamaged: () => store.listDamaged(),
    removeDamaged: deny,
  };
}
