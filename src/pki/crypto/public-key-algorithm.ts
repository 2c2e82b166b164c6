import type { ProviderAlgorithm } from './key-provider.ts';
import { publicKeyKind, type SubjectPublicKeyInfo } from './public-key.ts';

/** What a provider calls the key, from its SubjectPublicKeyInfo or the DER of it. Throws NTE_BAD_ALGID. */
export function publicKeyAlgorithm(publicKey: SubjectPublicKeyInfo | Uint8Array): ProviderAlgorithm {
  const kind = publicKeyKind(publicKey);
  return kind.type === 'rsa' ? { type: 'rsa', modulusLength: kind.bits } : { type: 'ec', curve: kind.curve };
}
