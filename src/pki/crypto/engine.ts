/**
 * What the formats ask of cryptography. Two engines keep this contract: `node/` (node:crypto) and `web/` (WebCrypto with
 * our own RSAES-PKCS1-v1_5, 3DES and RC2). One contract suite, `engine.suite.ts`, runs over both.
 */

export type DigestAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

export type EcCurve = 'P-256' | 'P-384' | 'P-521';

/** CBC with PKCS#7 padding (RFC 5652 §6.3), or the stream cipher RC4 of old PKCS#12 files. */
export type Cipher =
  | { readonly name: 'aes-cbc'; readonly keyLength: 16 | 24 | 32 }
  | { readonly name: 'des-ede3-cbc' }
  | { readonly name: 'rc2-cbc'; readonly effectiveBits: number }
  | { readonly name: 'rc4' };

export type SignatureScheme =
  | { readonly name: 'rsa-pkcs1'; readonly digest: DigestAlgorithm }
  | { readonly name: 'rsa-pss'; readonly digest: DigestAlgorithm; readonly saltLength: number }
  /** Signatures are DER ECDSA-Sig-Value (RFC 3279 §2.2.3), whatever the platform prefers. */
  | { readonly name: 'ecdsa'; readonly digest: DigestAlgorithm };

export type KeyTransport =
  | { readonly name: 'rsa-pkcs1' }
  | { readonly name: 'rsa-oaep'; readonly digest: DigestAlgorithm };

export type KeyParameters =
  /** modulusLength in bits; the public exponent is 65537. */
  { readonly type: 'rsa'; readonly modulusLength: number } | { readonly type: 'ec'; readonly curve: EcCurve };

/** Signs with a key that may live anywhere: this process, a provider, a hardware module. */
export interface Signer {
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  sign(scheme: SignatureScheme, data: Uint8Array): Promise<Uint8Array>;
}

/** Opens what was sealed to a key, without the key leaving its place. */
export interface Decrypter {
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /**
   * The transported key. Where the padding is wrong, or the length is another, random bytes of `keyLength` are answered
   * and nothing is thrown: a wrong padding must look like a wrong key (RFC 3218 §2.3.2).
   */
  unwrapKey(transport: KeyTransport, encryptedKey: Uint8Array, keyLength: number): Promise<Uint8Array>;
  /** ECDH: the x coordinate of the shared point (SEC 1 §3.3.1), from the peer's DER SubjectPublicKeyInfo. */
  agree(peerPublicKey: Uint8Array): Promise<Uint8Array>;
}

/**
 * A private key inside the engine. `destroy` drops what the engine holds of it; its operations then throw
 * NTE_INVALID_HANDLE. Signing and unwrapping throw NTE_BAD_ALGID for what the key's kind cannot do, NTE_BAD_LEN for a digest
 * that the modulus has no room for.
 */
export interface PrivateKey extends Signer, Decrypter {
  /** DER PrivateKeyInfo (PKCS#8); the caller wipes it. */
  exportPkcs8(): Promise<Uint8Array>;
  destroy(): void;
}

export interface CryptoEngine {
  readonly name: 'node' | 'web';
  random(length: number): Uint8Array;
  digest(algorithm: DigestAlgorithm, data: Uint8Array): Promise<Uint8Array>;
  hmac(algorithm: DigestAlgorithm, key: Uint8Array, data: Uint8Array): Promise<Uint8Array>;
  /** RFC 8018 §5.2; `length` in bytes. Throws NTE_INVALID_PARAMETER for counts out of range. */
  pbkdf2(
    algorithm: DigestAlgorithm,
    password: Uint8Array,
    salt: Uint8Array,
    iterations: number,
    length: number,
  ): Promise<Uint8Array>;
  /** Throws NTE_BAD_LEN for a key or an initialization vector of a length the cipher does not know. */
  encrypt(cipher: Cipher, key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array>;
  /** As `encrypt`; NTE_BAD_DATA where the padding is wrong: callers that face attackers fold this into their one error. */
  decrypt(cipher: Cipher, key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Promise<Uint8Array>;
  /** AES key wrap, RFC 3394. Throws NTE_BAD_LEN for a key that is not two or more whole blocks of eight bytes. */
  wrapAes(keyEncryptionKey: Uint8Array, key: Uint8Array): Promise<Uint8Array>;
  /** Throws NTE_BAD_DATA where the integrity check fails. */
  unwrapAes(keyEncryptionKey: Uint8Array, wrapped: Uint8Array): Promise<Uint8Array>;
  /** A new pair as DER PrivateKeyInfo; the caller wipes it. Throws NTE_BAD_LEN, NTE_NOT_SUPPORTED. */
  generateKey(parameters: KeyParameters): Promise<Uint8Array>;
  /**
   * Takes DER PrivateKeyInfo; the bytes stay the caller's to wipe. Throws NTE_BAD_KEY on a key that does
   * not hold together, NTE_BAD_ALGID for one of another kind, NTE_NOT_SUPPORTED for a curve this platform lacks.
   */
  importPrivateKey(pkcs8: Uint8Array): Promise<PrivateKey>;
  /** False for a signature that does not verify; throws only where key or scheme are unusable (NTE_BAD_KEY, NTE_BAD_ALGID). */
  verify(scheme: SignatureScheme, publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /** Transports `key` to an RSA public key (DER SubjectPublicKeyInfo). Throws NTE_BAD_LEN for a key that is too long for it. */
  wrapKey(transport: KeyTransport, publicKey: Uint8Array, key: Uint8Array): Promise<Uint8Array>;
}

/** Overwrites secret bytes. Call in `finally`, on every array that held a private key or a content key. */
export function wipe(...secrets: (Uint8Array | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}
