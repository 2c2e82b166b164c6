/** Keys of strong protection: sealed under a password of their owner, beside what protects every key of the set. */
import { HresultError, hresult } from '#hresult/hresult-error';
import { type CryptoEngine, type PrivateKey, wipe } from '#pki/crypto/engine';
import type { KeyPasswords, KeyProtection } from '#pki/crypto/key-provider';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import { openUnderPassword, sealUnderPassword } from '#pki/pkcs12/encrypted-private-key';
import { type HeldKey, handleClosed } from './held-key.ts';

/** OWASP's figure for PBKDF2 with HMAC-SHA-256, about a fifth of a second: a person waits for it at each use. */
const ITERATIONS = 600_000;

/** DER EncryptedPrivateKeyInfo. Throws NTE_SILENT_CONTEXT where nobody can be asked, NTE_BAD_LEN for an empty password. */
export async function protectByPassword(
  pkcs8: Uint8Array,
  container: string,
  passwords: KeyPasswords | undefined,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  const password = await requirePasswords(passwords, container).chosen(container);
  if (password === '') {
    throw hresult('NTE_BAD_LEN', `An empty password protects nothing: the key ${container} is not made.`, {
      hint: 'choose a password, or leave the protection out',
    });
  }
  return sealUnderPassword(pkcs8, password, ITERATIONS, engine);
}

function requirePasswords(passwords: KeyPasswords | undefined, container: string): KeyPasswords {
  if (passwords) return passwords;
  throw hresult(
    'NTE_SILENT_CONTEXT',
    `The key ${container} is protected by a password, and nobody can be asked for it.`,
    {
      hint: 'run the command yourself and without -silent; a service can use no key of strong protection',
    },
  );
}

export interface ProtectedKeyFields {
  /** DER EncryptedPrivateKeyInfo. */
  readonly sealed: Uint8Array;
  readonly container: string;
  readonly publicKey: Uint8Array;
  readonly protection: KeyProtection;
  readonly passwords: KeyPasswords | undefined;
}

export class ProtectedKey implements HeldKey {
  readonly publicKey: Uint8Array;
  readonly #fields: ProtectedKeyFields;
  readonly #engine: CryptoEngine;
  #opened: Promise<PrivateKey> | undefined;
  #isClosed = false;

  constructor(fields: ProtectedKeyFields, engine: CryptoEngine) {
    this.publicKey = fields.publicKey;
    this.#fields = fields;
    this.#engine = engine;
  }

  async use<T>(work: (key: PrivateKey) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw handleClosed();
    if (this.#fields.protection === 'each use') {
      const key = await this.#open();
      try {
        return await work(key);
      } finally {
        key.destroy();
      }
    }
    this.#opened ??= this.#open();
    try {
      return await work(await this.#opened);
    } catch (error) {
      // A wrong password is not the last word: the next use asks again.
      if (await isRejected(this.#opened)) this.#opened = undefined;
      throw error;
    }
  }

  destroy(): void {
    this.#isClosed = true;
    void this.#opened?.then(
      (key) => key.destroy(),
      () => {},
    );
    this.#opened = undefined;
  }

  async #open(): Promise<PrivateKey> {
    const { sealed, container, passwords } = this.#fields;
    const password = await requirePasswords(passwords, container).existing(container);
    const pkcs8 = await openedBy(password, sealed, container, this.#engine);
    try {
      return await this.#ownKey(pkcs8, container);
    } finally {
      wipe(pkcs8);
    }
  }

  /** One wrong password in 256 decrypts to bytes with right padding: they are no key, or not this one. */
  async #ownKey(pkcs8: Uint8Array, container: string): Promise<PrivateKey> {
    let key: PrivateKey | undefined;
    try {
      key = await this.#engine.importPrivateKey(pkcs8);
      if (isSamePublicKey(key.publicKey, this.publicKey)) return key;
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
    }
    key?.destroy();
    throw wrongPassword(container);
  }
}

async function openedBy(
  password: string,
  sealed: Uint8Array,
  container: string,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  try {
    return await openUnderPassword(sealed, password, engine);
  } catch (error) {
    if (error instanceof HresultError && error.symbol === 'ERROR_INVALID_PASSWORD') throw wrongPassword(container);
    throw error;
  }
}

function wrongPassword(container: string): HresultError {
  return hresult('NTE_INCORRECT_PASSWORD', `The password does not open the key ${container}.`, {
    hint: 'it is the one chosen when the key was made or imported; nobody else knows it',
  });
}

async function isRejected(promise: Promise<unknown> | undefined): Promise<boolean> {
  return (
    promise?.then(
      () => false,
      () => true,
    ) ?? false
  );
}
