import type { CryptoEngine } from '../crypto/engine.ts';
import { decodeSubjectPublicKeyInfo, type SubjectPublicKeyInfo } from '../crypto/public-key.ts';

/** RFC 5280 §4.2.1.2 method 1: SHA-1 over the bits of subjectPublicKey; certutil's `Key Id Hash(rfc-sha1)`. */
export function keyIdentifier(publicKey: SubjectPublicKeyInfo | Uint8Array, engine: CryptoEngine): Promise<Uint8Array> {
  const info = publicKey instanceof Uint8Array ? decodeSubjectPublicKeyInfo(publicKey) : publicKey;
  return engine.digest('sha1', info.subjectPublicKey);
}

/**
 * SHA-1 over the whole SubjectPublicKeyInfo; certutil's `Key Id Hash(sha1)`. Clients of the Windows XP generation put it
 * into the subjectKeyIdentifier of their requests.
 */
export function publicKeyInfoIdentifier(
  publicKey: SubjectPublicKeyInfo | Uint8Array,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  return engine.digest('sha1', publicKey instanceof Uint8Array ? publicKey : publicKey.raw);
}
