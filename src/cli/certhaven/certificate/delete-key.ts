import { CRYPT_MACHINE_KEYSET, type KeyProvInfo, type StoreEntry } from '#certstore/ports/certificate-store';
import { isHresult } from '#hresult/hresult-error';
import type { Place } from './place.ts';

/**
 * Takes the keys of these certificates out of their providers, and the mention of each out of every certificate of the place
 * that has it: a renewed certificate may have the key of the one before.
 */
export async function deleteKeys(entries: readonly StoreEntry[], place: Place): Promise<void> {
  for (const { properties } of entries) {
    const { keyProvInfo } = properties;
    if (!keyProvInfo) continue;
    const providers = await place.keyProviders((keyProvInfo.flags & CRYPT_MACHINE_KEYSET) !== 0);
    try {
      await providers.byName(keyProvInfo.provider).deleteKey(keyProvInfo.container);
    } catch (error) {
      // Two certificates had it, and it went with the first.
      if (!isHresult(error, 'NTE_BAD_KEYSET')) throw error;
    }
    await forgetKey(keyProvInfo, place);
  }
}

async function forgetKey(gone: KeyProvInfo, { stores }: Place): Promise<void> {
  for (const store of stores.all) {
    for (const entry of await store.list()) {
      const info = entry.properties.keyProvInfo;
      const isGone = info?.container === gone.container && info.provider === gone.provider && info.flags === gone.flags;
      if (isGone && entry.physicalStore === '.Default') await store.setProperty(entry, 'keyProvInfo', undefined);
    }
  }
}
