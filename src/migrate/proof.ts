/** That a key is the one it was: it signs, and the public key it had before verifies. */
import { hresult } from '#hresult/hresult-error';
import { formatHex, parseHex } from '#pki/asn1/bytes';
import type { CryptoEngine, SignatureScheme } from '#pki/crypto/engine';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { publicKeyKind } from '#pki/crypto/public-key';

/** Throws NTE_BAD_KEY where it is another key, NTE_BAD_SIGNATURE where what it signs does not verify. */
export async function proveKey(key: ProviderKey, publicKey: string, engine: CryptoEngine): Promise<void> {
  const place = `Container ${key.container} of ${key.provider}`;
  if (formatHex(key.publicKey) !== publicKey) throw hresult('NTE_BAD_KEY', `${place} holds another key.`);
  const old = parseHex(publicKey);
  // SHA-1, which every provider signs; a challenge of 32 random octets is no certificate's hash.
  const scheme: SignatureScheme =
    publicKeyKind(old).type === 'ec' ? { name: 'ecdsa', digest: 'sha256' } : { name: 'rsa-pkcs1', digest: 'sha1' };
  const challenge = engine.random(32);
  const signature = await key.sign(scheme, challenge);
  if (await engine.verify(scheme, old, challenge, signature)) return;
  throw hresult('NTE_BAD_SIGNATURE', `${place} signs, and the CA's public key does not verify it.`);
}
