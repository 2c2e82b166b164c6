/** The client's half of key archival: the private key, sealed so that the CA alone can open it. MS-WCCE 3.1.1.4.3.4.1.2. */
import { hresult } from '#hresult/hresult-error';
import { encryptedKeyHash } from '#pki/cmc/encrypted-key-hash';
import { sealData } from '#pki/cms/seal';
import type { BlockCipher } from '#pki/crypto/cipher-algorithm';
import { type CryptoEngine, type DigestAlgorithm, wipe } from '#pki/crypto/engine';
import type { KeySpec, ProviderKey } from '#pki/crypto/key-provider';
import { publicKeyKind } from '#pki/crypto/public-key';
import { encodeBcryptEccBlob } from '#pki/keyblob/bcrypt-ecc-blob';
import { encodeCapiPrivateKeyBlob } from '#pki/keyblob/capi-blob';
import type { Certificate } from '#pki/x509/certificate';

export interface ArchivedKey {
  /** DER ContentInfo, the value of szOID_ARCHIVED_KEY_ATTR. */
  readonly contentInfo: Uint8Array;
  /** Over the whole of it, for szOID_ENCRYPTED_KEY_HASH. */
  readonly hash: Uint8Array;
}

/**
 * A CA archives no keys that only sign: whoever recovered one could sign as its owner. Throws NTE_BAD_TYPE, before anything
 * is made or sent.
 */
export function requireEncryptionKey(use: 'exchange' | 'signature', keySpec: KeySpec | undefined): void {
  if (use === 'exchange' && keySpec !== 2) return;
  throw hresult('NTE_BAD_TYPE', 'A key for signatures alone is never archived.', {
    hint: 'Set KeySpec = 1, or KeyAlgorithm = RSA or ECDH_P256; or leave out PrivateKeyArchive.',
  });
}

/**
 * Takes the private key out of its provider for the length of this call.
 * Throws NTE_BAD_KEY_STATE where the key's policy forbids it, NTE_BAD_ALGID for a key that is neither RSA nor on a NIST curve.
 */
export async function archiveKey(request: {
  readonly key: ProviderKey;
  /** Checked, see `checkExchangeCertificate`. */
  readonly exchange: Certificate;
  readonly cipher: BlockCipher;
  /** Of the request's signature. */
  readonly digest: DigestAlgorithm;
  readonly engine: CryptoEngine;
}): Promise<ArchivedKey> {
  const { key, exchange, cipher, digest, engine } = request;
  const isRsa = publicKeyKind(key.publicKey).type === 'rsa';
  let pkcs8: Uint8Array | undefined;
  let keyBlob: Uint8Array | undefined;
  try {
    pkcs8 = await key.exportPkcs8();
    // MS-WCCE 2.2.2.9: the plaintext is the bare blob, in no OCTET STRING.
    keyBlob = isRsa ? encodeCapiPrivateKeyBlob(pkcs8) : encodeBcryptEccBlob(pkcs8, 'ECDH');
    const contentInfo = await sealData({ content: keyBlob, cipher, recipients: [{ certificate: exchange }], engine });
    // MS-WCCE 2.2.2.7.9 has the CA take SHA-1 or the digest of the signature; it knows no MD5.
    const hash = await encryptedKeyHash(contentInfo, digest === 'md5' ? 'sha1' : digest, engine);
    return { contentInfo, hash };
  } finally {
    wipe(pkcs8, keyBlob);
  }
}
