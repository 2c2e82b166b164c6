import type { KeyObject } from 'node:crypto';
import { ThreadPool } from '#threads/thread-pool';
import type { KeyTransport } from '../engine.ts';

/** The key itself stays in OpenSSL's memory: what crosses is a reference to it. */
export interface UnwrapCall {
  readonly key: KeyObject;
  readonly transport: KeyTransport;
  readonly encryptedKey: Uint8Array;
  readonly keyLength: number;
}

/** Threads for the private-key operations that Node has no asynchronous form of. */
export class KeyThreads {
  readonly #pool: ThreadPool<UnwrapCall, Uint8Array>;

  constructor(size: number) {
    this.#pool = new ThreadPool('key', import.meta.url, { size });
  }

  unwrapKey(call: UnwrapCall): Promise<Uint8Array> {
    return this.#pool.call(call);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
