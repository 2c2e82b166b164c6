import {
  type CertificateStore,
  CRYPT_MACHINE_KEYSET,
  type KeyProvInfo,
  type StoreEntry,
} from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import type { KeyListing, KeyStorageProvider } from '#pki/crypto/key-provider';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import { isNamed } from '../keys/named-key.ts';
import { searchedProviders } from '../keys/providers.ts';
import type { KeyPlace } from './key-place.ts';

interface FoundKey {
  readonly provider: KeyStorageProvider;
  readonly key: KeyListing;
}

/**
 * Joins each certificate with its key by comparing public keys: in the provider named, else in all, the one the entry names
 * already first. Throws NTE_NOT_FOUND, and then no entry was changed.
 */
export async function linkKey(
  store: CertificateStore,
  entries: readonly StoreEntry[],
  { isMachine, providers }: KeyPlace,
  { csp }: { readonly csp: string | undefined },
): Promise<void> {
  const searched = searchedProviders(providers, csp);
  const keys: FoundKey[] = [];
  for (const provider of searched) keys.push(...(await provider.listKeys()).map((key) => ({ provider, key })));
  const where =
    searched !== providers.all ? searched[0]!.name : `any provider of ${isMachine ? 'the machine' : 'yours'}`;
  const links = entries.map((entry) => ({ entry, info: keyProvInfo(entry, keys, isMachine, where) }));
  for (const { entry, info } of links) await store.setProperty(entry, 'keyProvInfo', info);
}

function keyProvInfo(
  { certificate, properties, thumbprint }: StoreEntry,
  keys: readonly FoundKey[],
  isMachine: boolean,
  where: string,
): KeyProvInfo {
  const publicKey = certificate.tbsCertificate.subjectPublicKeyInfo.raw;
  const own = keys.filter(({ key }) => isSamePublicKey(key.publicKey, publicKey));
  const before = properties.keyProvInfo;
  const named =
    before && own.find(({ provider, key }) => provider.name === before.provider && isNamed(key, before.container));
  const found = named ?? own[0];
  if (!found) {
    throw hresult('NTE_NOT_FOUND', `The private key of the certificate ${thumbprint} is not in ${where}.`, {
      hint: isMachine
        ? 'a key of your own is found with -user; otherwise request a new certificate, or bring the key: certutil -importPFX'
        : 'a key of the machine is found without -user; otherwise request a new certificate, or bring the key: certutil -importPFX',
    });
  }
  return {
    container: named ? before!.container : found.key.container,
    provider: found.provider.name,
    providerType: found.provider.type,
    flags: isMachine ? CRYPT_MACHINE_KEYSET : 0,
    keySpec: found.key.keySpec,
  };
}
