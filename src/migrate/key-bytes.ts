import { formatHex } from '#pki/asn1/bytes';
import { type CryptoEngine, wipe } from '#pki/crypto/engine';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { openUnderPassword } from '#pki/pkcs12/encrypted-private-key';
import { withKeySealer } from '#pki/pkcs12/seal';

/**
 * The private key in clear for as long as `use` takes. A key that leaves its provider encrypted only (NCRYPT_ALLOW_EXPORT_FLAG
 * alone: `NOT plain text exportable`) leaves under a password that nobody else ever has. Throws NTE_BAD_KEY_STATE where it may
 * not leave.
 */
export async function withKeyBytes<T>(
  key: ProviderKey,
  engine: CryptoEngine,
  use: (pkcs8: Uint8Array) => Promise<T>,
): Promise<T> {
  const pkcs8 = await exportKey(key, engine);
  try {
    return await use(pkcs8);
  } finally {
    wipe(pkcs8);
  }
}

async function exportKey(key: ProviderKey, engine: CryptoEngine): Promise<Uint8Array> {
  if (key.encryptedExport !== true || key.exportEncrypted === undefined) return key.exportPkcs8();
  const password = formatHex(engine.random(16));
  const sealed = await withKeySealer(password, { algorithm: 'AES256_SHA256', iterations: 1 }, engine, (seal) =>
    key.exportEncrypted!(seal),
  );
  return openUnderPassword(sealed, password, engine);
}
