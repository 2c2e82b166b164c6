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
}

export interface ProviderKey extends Signer, Decrypter {
  readonly provider: string;
  readonly container: string;
  /** The name of the key's file: MD5 of the container's name and the machine's GUID. */
  readonly uniqueName: string;
  /** 0 under a KSP. */
  readonly keySpec: KeySpec;
  readonly exportable: boolean;
  readonly machineKeyset: boolean;
  /** DER PrivateKeyInfo; the caller wipes it. Throws NTE_BAD_KEY_STATE where the key's policy forbids it. */
  exportPkcs8(): Promise<Uint8Array>;
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
  /** Throws NTE_BAD_KEYSET where there is no such container, NTE_NO_KEY where it holds no key of that KeySpec. */
  openKey(container: string, keySpec?: KeySpec): Promise<ProviderKey>;
  /** Names of the containers, sorted. */
  listContainers(): Promise<readonly string[]>;
  /** Throws NTE_BAD_KEYSET. */
  deleteKey(container: string): Promise<void>;
}

/** The providers of one key set. */
export interface KeyProviders {
  /** Throws NTE_KEYSET_NOT_DEF for an unknown name; short aliases such as `KSP` are understood. */
  byName(name: string): KeyStorageProvider;
  readonly all: readonly KeyStorageProvider[];
}
