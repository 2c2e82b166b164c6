/** What a file has for a store, as entries: with the properties that a serialized store has of them. */
import type { CertificateProperties, CrlEntry, CtlEntry, StoreEntry } from '#certstore/ports/certificate-store';
import { HresultError } from '#hresult/hresult-error';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import type { CertutilContext } from '../context.ts';
import { readStoreFile } from './file.ts';
import { withStoredKey } from './key-listing.ts';
import type { StoreListingPorts } from './listing.ts';

export interface FileEntries {
  readonly certificates: readonly StoreEntry[];
  readonly crls: readonly CrlEntry[];
  readonly ctls: readonly CtlEntry[];
}

/** Throws as readStoreFile, and where one of them is damaged. */
export async function fileEntries(
  { fileStore }: Pick<CertutilContext, 'fileStore'>,
  file: string,
  bytes: Uint8Array,
): Promise<FileEntries> {
  const store = await fileStore(file, readStoreFile(bytes));
  const [damaged] = await store.listDamaged();
  if (damaged) throw damaged.error;
  return { certificates: await store.list(), crls: await store.listCrls(), ctls: await store.listCtls() };
}

/** All that the file says of a certificate, but where its key is only if that key is there on this machine. */
export function propertiesHere(
  entry: StoreEntry,
  ports: Pick<StoreListingPorts, 'keyProviders'>,
): Promise<CertificateProperties> {
  const { keyProvInfo, ...others } = entry.properties;
  return withStoredKey(entry, ports, async (_info, key) => {
    if (keyProvInfo === undefined || key === undefined || key instanceof HresultError) return others;
    const isItsOwn = isSamePublicKey(key.publicKey, entry.certificate.tbsCertificate.subjectPublicKeyInfo.raw);
    return isItsOwn ? { ...others, keyProvInfo } : others;
  });
}
