import type { KeyProviders, KeyStorageProvider } from '#pki/crypto/key-provider';
import { tokenRow } from './names.ts';

/** The providers of a key set: those in software, and those over tokens under the names their administrator gave them. */
export function providersByName(software: KeyProviders, tokens: readonly KeyStorageProvider[]): KeyProviders {
  return {
    all: [...software.all, ...tokens],
    known: [...software.known, ...tokens.map(({ name }) => tokenRow(name))],
    byName(name) {
      const wanted = name.trim().toLowerCase();
      return tokens.find((provider) => provider.name.toLowerCase() === wanted) ?? software.byName(name);
    },
  };
}
