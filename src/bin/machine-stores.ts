import type { MachineStores } from '#ca/ports';
import { type CertificateStores, CRYPT_MACHINE_KEYSET } from '#certstore/ports/certificate-store';
import { isSameBytes } from '#pki/asn1/bytes';
import { findProvider } from '#providers/names';

/** The machine's stores as the authority knows them. */
export function machineStoresPort(stores: CertificateStores): MachineStores {
  return {
    async list(store) {
      const entries = await stores.open(store).list();
      return entries.map(({ certificate, properties: { keyProvInfo } }) => ({
        certificate: certificate.raw,
        key: keyProvInfo && {
          provider: keyProvInfo.provider,
          container: keyProvInfo.container,
          keySpec: keyProvInfo.keySpec,
        },
      }));
    },
    async damaged(store) {
      const entries = await stores.open(store).listDamaged();
      return new Map(
        entries.filter(({ kind }) => kind === 'certificate').map(({ thumbprint, error }) => [thumbprint, error]),
      );
    },
    async add(store, certificate, key) {
      const keyProvInfo = key && {
        ...key,
        providerType: findProvider(key.provider)?.provType ?? 0,
        flags: CRYPT_MACHINE_KEYSET,
      };
      await stores.open(store).add(certificate, keyProvInfo ? { keyProvInfo } : {});
    },
    async remove(store, certificate) {
      const opened = stores.open(store);
      for (const entry of await opened.list()) {
        const isOwn = entry.physicalStore === '.Default';
        if (isOwn && isSameBytes(entry.certificate.raw, certificate)) await opened.remove(entry);
      }
    },
  };
}
