import type { CertificateStore, DamagedEntry, StoreEntry } from '#certstore/ports/certificate-store';
import { formatHresult } from '#hresult/format';
import { isHresult } from '#hresult/hresult-error';

/** The damaged entry that a CertId stands for: of its content only the hash is known. */
export function damagedNamed(damaged: readonly DamagedEntry[], certId: string): DamagedEntry | undefined {
  const hash = certId.replaceAll(/\s/g, '').toLowerCase();
  return damaged.find(({ thumbprint }) => thumbprint === hash);
}

/** Undefined for a list of the untrusted with a damaged entry, which is not read at all. */
export async function readableEntries(store: CertificateStore): Promise<readonly StoreEntry[] | undefined> {
  try {
    return await store.list();
  } catch (error) {
    if (isHresult(error, 'ERROR_INVALID_DATA')) return undefined;
    throw error;
  }
}

export function damagedLines(damaged: readonly DamagedEntry[]): string[] {
  return damaged.map(({ error }) => `ERROR: ${error.detail ?? error.message} ${formatHresult(error.hresult)}`);
}
