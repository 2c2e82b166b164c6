import type { ProviderAlgorithm } from '#pki/crypto/key-provider';
import { publicKeyKind } from '#pki/crypto/public-key';

/** What a provider calls the key, from its DER SubjectPublicKeyInfo. Throws NTE_BAD_ALGID. */
export function publicKeyAlgorithm(publicKey: Uint8Array): ProviderAlgorithm {
  const kind = publicKeyKind(publicKey);
  return kind.type === 'rsa' ? { type: 'rsa', modulusLength: kind.bits } : { type: 'ec', curve: kind.curve };
}
