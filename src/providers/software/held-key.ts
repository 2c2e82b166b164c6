import { hresult } from '#hresult/hresult-error';
import type { PrivateKey } from '#pki/crypto/engine';

/** The private key behind a handle: opened with it, or where it is used. */
export interface HeldKey {
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** Throws NTE_INVALID_HANDLE after `destroy`. */
  use<T>(work: (key: PrivateKey) => Promise<T>): Promise<T>;
  destroy(): void;
}

/** A key that nobody is asked for. */
export class OpenKey implements HeldKey {
  readonly publicKey: Uint8Array;
  #privateKey: PrivateKey | undefined;

  constructor(privateKey: PrivateKey) {
    this.publicKey = privateKey.publicKey;
    this.#privateKey = privateKey;
  }

  async use<T>(work: (key: PrivateKey) => Promise<T>): Promise<T> {
    if (!this.#privateKey) throw handleClosed();
    return work(this.#privateKey);
  }

  destroy(): void {
    this.#privateKey?.destroy();
    this.#privateKey = undefined;
  }
}

export function handleClosed(): Error {
  return hresult('NTE_INVALID_HANDLE', 'The handle to the key was closed.');
}
