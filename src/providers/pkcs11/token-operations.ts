/**
 * What a thread does with a token for the rest of the process. A call is one session's work from beginning to end, so that no
 * two operations ever meet in one session; everything in it crosses between threads by value.
 */

import type { DigestAlgorithm, SignatureScheme } from '#pki/crypto/engine';
import type { ProviderAlgorithm } from '#pki/crypto/key-provider';
import type { SentError } from '#threads/sent-error';

/** The name of a key pair in its token; both objects of the pair bear it. */
export interface KeyName {
  /** CKA_LABEL. */
  readonly label: string;
  /** CKA_ID. */
  readonly id: Uint8Array;
}

export interface TokenKeyFields extends KeyName {
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** CKA_EXTRACTABLE: the key may leave under a wrapping key. */
  readonly extractable: boolean;
  /** CKA_SENSITIVE: it may not leave in clear. */
  readonly sensitive: boolean;
}

/** An object of a token that bears a label. */
export interface TokenObject extends KeyName {
  readonly type: 'PublicKey' | 'PrivateKey' | 'Certificate';
  /** `RSA`, `EC`, `X.509`; `?` for kinds that are not known here. */
  readonly algorithm: string;
  /** Undefined where the object does not tell. */
  readonly bits: number | undefined;
}

export interface TokenDescription {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber: string;
}

/** How an RSA block is opened: bare, for the caller to take the padding off, or by the token. */
export type Decryption =
  | { readonly name: 'bare' }
  | { readonly name: 'rsa-pkcs1' }
  | { readonly name: 'rsa-oaep'; readonly digest: DigestAlgorithm };

export interface TokenOperations {
  describe(): TokenDescription;
  /** The lengths in bits that the token makes RSA keys of. */
  rsaLengths(): { readonly minimum: number; readonly maximum: number };
  mechanisms(): readonly number[];
  /** The keys whose labels begin so; with `name`, those whose label goes on with it, in whatever case. */
  listKeys(labelPrefix: string, name?: string): TokenKeyFields[];
  /** Where `wrappingKey` is given, the private key leaves under it once (RFC 5649), and is unextractable ever after. */
  generateKey(
    label: string,
    algorithm: ProviderAlgorithm,
    policy: Pick<TokenKeyFields, 'extractable' | 'sensitive'> & { readonly wrappingKey?: Uint8Array },
  ): { readonly key: TokenKeyFields; readonly wrapped?: Uint8Array };
  /** `wrapped` is PrivateKeyInfo under `wrappingKey`. The keys it replaces go once it is there. */
  importKey(key: TokenKeyFields, wrapped: Uint8Array, wrappingKey: Uint8Array, replaced: readonly KeyName[]): void;
  exportKey(key: KeyName, wrappingKey: Uint8Array): Uint8Array;
  deleteKey(key: KeyName): void;
  listObjects(): TokenObject[];
  /** Throws NTE_PERM for an object that may not be changed. */
  renameObject(object: Pick<TokenObject, 'type' | keyof KeyName>, label: string): void;
  /** As certificates hold it, and verified under `publicKey`; undefined where it does not verify. */
  sign(key: KeyName, publicKey: Uint8Array, scheme: SignatureScheme, data: Uint8Array): Uint8Array | undefined;
  /** Undefined where the token would not open it, for whatever is wrong inside. */
  decrypt(key: KeyName, decryption: Decryption, encrypted: Uint8Array): Uint8Array | undefined;
  /** The x coordinate of the shared point; `point` is uncompressed. */
  agree(key: KeyName, point: Uint8Array): Uint8Array;
}

export type OperationName = keyof TokenOperations;

export interface Operation {
  readonly token: string;
  readonly operation: OperationName;
  readonly values: readonly unknown[];
}

export type ThreadCall =
  /** Starts the module, or with `again` ends all its sessions in this process first. No other call may be under way. */
  | { readonly kind: 'start'; readonly again: boolean }
  | { readonly kind: 'log in'; readonly token: string; readonly start: number; readonly pin: Uint8Array }
  | {
      readonly kind: 'operate';
      /** Which start of the module the caller knows of: sessions of earlier ones are no more. */
      readonly start: number;
      /** One after the other, each for itself: the way into a thread and back costs more than a quick one of them. */
      readonly operations: readonly Operation[];
    };

/** Of each operation of a call; of other calls one. */
export interface ThreadAnswers {
  readonly answers: readonly ThreadAnswer[];
  /** How long they took. */
  readonly milliseconds: number;
}

export type ThreadAnswer =
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: SentError }
  /** Nothing was done: the token's user has to log in first. */
  | { readonly kind: 'logged out' }
  /** Nothing was done: the token gives this thread no session. */
  | { readonly kind: 'no session'; readonly error: SentError }
  /** The session or the token is gone; the module may find it again once it is started again. */
  | {
      readonly kind: 'lost';
      /** False where something may have been changed before. */
      readonly isRepeatable: boolean;
      readonly error: SentError;
    };
