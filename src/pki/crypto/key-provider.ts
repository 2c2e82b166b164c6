/**
 * A key storage provider (CNG) or cryptographic service provider (CAPI) over one key set: the machine's or one user's.
 * `src/providers` keeps this contract by name; the actors use keys only through it.
 */
import type { BlockCipher } from './cipher-algorithm.ts';
import type { Decrypter, EcCurve, Signer } from './engine.ts';

/** MS-WCCE 2.2.2.10: 0 AT_NONE (CNG), 1 AT_KEYEXCHANGE, 2 AT_SIGNATURE. */
export type KeySpec = 0 | 1 | 2;

export type ProviderAlgorithm =
  | { readonly type: 'rsa'; readonly modulusLength: number }
  | { readonly type: 'ec'; readonly curve: EcCurve };

export interface KeyPolicy {
  /** The private key may leave the provider (CRYPT_EXPORTABLE, NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG). */
  readonly exportable: boolean;
  /** It may leave once, on the handle that made it (CRYPT_ARCHIVABLE, NCRYPT_ALLOW_ARCHIVING_FLAG). */
  readonly archivable: boolean;
  /** It may leave, but encrypted only (NCRYPT_ALLOW_EXPORT_FLAG alone); a matter of KSPs. */
  readonly encryptedExport?: boolean | undefined;
  /** It is sealed under a password that is asked for when it is used. */
  readonly protection?: KeyProtection | undefined;
}

/** Asked once a handle (CRYPT_USER_PROTECTED), or before each use (CRYPT_FORCE_KEY_PROTECTION_HIGH). */
export type KeyProtection = 'once' | 'each use';

/** Who asks people for the passwords of protected keys. Where nobody can be asked there is none: NTE_SILENT_CONTEXT. */
export interface KeyPasswords {
  /** Of a key that is there. */
  existing(container: string): Promise<string>;
  /** For a key that is being made. */
  chosen(container: string): Promise<string>;
}

/** Answers an EncryptedPrivateKeyInfo for a PrivateKeyInfo, which the caller wipes afterwards. */
export type PrivateKeySealer = (pkcs8: Uint8Array) => Promise<Uint8Array>;

export type ProviderAlgorithmName =
  | 'RSA'
  | 'DSA'
  | 'DH'
  | 'ECDSA_P256'
  | 'ECDSA_P384'
  | 'ECDSA_P521'
  | 'ECDH_P256'
  | 'ECDH_P384'
  | 'ECDH_P521';

/** What a provider's keys of an algorithm may be; lengths in bits. */
export interface AlgorithmLengths {
  readonly algorithm: ProviderAlgorithmName;
  readonly keySpec: KeySpec;
  readonly minimum: number;
  readonly maximum: number;
  readonly increment: number;
  readonly default: number;
}

/** A provider as `certutil -csplist` tells of it, whether its keys can be reached here or not. */
export interface ProviderDescription {
  readonly name: string;
  /** PROV_* of wincrypt.h; 0 for a KSP. */
  readonly provType: number;
  /** Who names nothing but the type means this one. */
  readonly isDefaultOfType?: boolean;
  /** Where its keys live. */
  readonly device: 'software' | 'smart card' | 'TPM' | 'Windows Hello' | 'HSM';
  readonly algorithms: readonly AlgorithmLengths[];
  /** Short names of certutil's -csp, and former names. */
  readonly aliases: readonly string[];
}

/** What is known of a key that lies in a provider without its being opened. */
export interface KeyListing {
  readonly container: string;
  readonly uniqueName: string;
  readonly keySpec: KeySpec;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly exportable: boolean;
  readonly encryptedExport: boolean;
  readonly protection: KeyProtection | undefined;
  /** When it was last written, where the provider keeps that. */
  readonly modified: Date | undefined;
  /** SDDL; empty or left out for the one all keys of the set have. */
  readonly securityDescriptor?: string;
}

export interface ProviderKey extends Signer, Decrypter {
  readonly provider: string;
  readonly container: string;
  /** The name of the key's file: MD5 of the container's name and the machine's GUID. */
  readonly uniqueName: string;
  /** 0 under a KSP. */
  readonly keySpec: KeySpec;
  readonly exportable: boolean;
  /** True where `exportEncrypted` is the only way out. */
  readonly encryptedExport?: boolean;
  /** Each use asks somebody for its password; left out for a key that nobody is asked for. */
  readonly protection?: KeyProtection | undefined;
  readonly machineKeyset: boolean;
  /** SDDL; empty or left out for the one all keys of the set have. */
  readonly securityDescriptor?: string;
  /**
   * DER PrivateKeyInfo; the caller wipes it. Throws NTE_BAD_KEY_STATE where the key's policy forbids it, NTE_NOT_SUPPORTED where
   * the key leaves encrypted only.
   */
  exportPkcs8(): Promise<Uint8Array>;
  /** What `seal` makes of the key; absent where the provider has no keys that leave encrypted only. Throws NTE_BAD_KEY_STATE. */
  exportEncrypted?(seal: PrivateKeySealer): Promise<Uint8Array>;
  /** Drops the handle; ends the one chance of an archivable key. */
  close(): void;
}

export interface KeyStorageProvider {
  /** e.g. `Microsoft Software Key Storage Provider`. */
  readonly name: string;
  /** PROV_* number; 0 for a KSP. */
  readonly type: number;
  readonly machineKeyset: boolean;
  /** Ciphers it has for content: what a CA that is configured for it may seal archived keys with. */
  readonly ciphers: readonly BlockCipher['name'][];
  /** Throws NTE_EXISTS for a container that holds such a key, NTE_BAD_ALGID, ERROR_INVALID_PARAMETER for a length out of range. */
  createKey(key: {
    readonly container: string;
    readonly algorithm: ProviderAlgorithm;
    readonly keySpec: KeySpec;
    readonly policy: KeyPolicy;
  }): Promise<ProviderKey>;
  /** The PKCS#8 bytes stay the caller's to wipe. Throws NTE_EXISTS unless `overwrite`. */
  importKey(
    pkcs8: Uint8Array,
    key: {
      readonly container: string;
      readonly keySpec: KeySpec;
      readonly policy: KeyPolicy;
      readonly overwrite?: boolean;
    },
  ): Promise<ProviderKey>;
  /**
   * Without a KeySpec whichever key is there. The software KSP then, and with KeySpec 1 or 2, opens a key of the older CAPI
   * container of that name where it has none of its own; with 0 it has its own alone. Throws NTE_BAD_KEYSET where there is no
   * such container, NTE_NO_KEY where it holds no key of that KeySpec.
   */
  openKey(container: string, keySpec?: KeySpec): Promise<ProviderKey>;
  /** Names of the containers, sorted. */
  listContainers(): Promise<readonly string[]>;
  /** The keys in them, by the names of the containers, then by KeySpec. */
  listKeys(): Promise<readonly KeyListing[]>;
  /** All pairs of the container, or the one of that KeySpec: a CSP's may hold two. Throws NTE_BAD_KEYSET. */
  deleteKey(container: string, keySpec?: KeySpec): Promise<void>;
  /** Who may use the keys of the container, as SDDL; absent where the device itself decides that. Throws NTE_BAD_KEYSET. */
  setSecurityDescriptor?(container: string, sddl: string): Promise<void>;
}

/** The providers of one key set. */
export interface KeyProviders {
  /** Throws NTE_KEYSET_NOT_DEF for an unknown name; short aliases such as `KSP` are understood. */
  byName(name: string): KeyStorageProvider;
  readonly all: readonly KeyStorageProvider[];
  /** Every provider there is a name for; `byName` throws NTE_DEVICE_NOT_READY for one whose device is not here. */
  readonly known: readonly ProviderDescription[];
}
