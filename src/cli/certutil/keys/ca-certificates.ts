/** The certificates of the CA on this machine, as its configuration and the machine's stores have them. */
import type { CaConfiguration } from '#ca/api';
import { plainHash } from '#ca/config/plain-hash';
import type { CertificateStores, StoreEntry } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import { settingAt } from '../registry/path.ts';

type Settings = Awaited<ReturnType<CaConfiguration['registry']>>;

/** `-` stands for a certificate that was taken away: its place in the list is its index, which others go by. */
export function caCertHashes(settings: Settings): string[] {
  const value = settingAt(settings, '', 'CACertHash')?.value;
  return value?.type === 'REG_MULTI_SZ' ? value.data.map(plainHash) : [];
}

const RESTORE_HINT =
  'certutil -restoreKey brings certificates and keys of the CA back from a backup; certhaven doctor says more';

/** `HOST\CA` of a configuration that may not start. */
export function configOf(settings: Settings): string {
  const text = (name: string) => {
    const value = settingAt(settings, '', name)?.value;
    return value?.type === 'REG_SZ' ? value.data : '';
  };
  return `${text('CAServerName')}\\${text('CommonName')}`;
}

/** Those that CACertHash names, out of the machine's My store. Throws CRYPT_E_NOT_FOUND where one is in no store. */
export async function caEntries(settings: Settings, stores: CertificateStores): Promise<StoreEntry[]> {
  const hashes = caCertHashes(settings).filter((hash) => hash !== '-');
  if (hashes.length === 0)
    throw hresult('CRYPT_E_NOT_FOUND', 'CACertHash names no certificate of the CA.', { hint: RESTORE_HINT });
  const entries = await stores.open('My').list();
  return hashes.map((thumbprint) => {
    const entry = entries.find((candidate) => candidate.thumbprint === thumbprint);
    if (entry) return entry;
    throw hresult('CRYPT_E_NOT_FOUND', `CA certificate ${thumbprint} is not in the machine's My store.`, {
      hint: RESTORE_HINT,
    });
  });
}
