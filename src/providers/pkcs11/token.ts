import { isHresult } from '#hresult/hresult-error';
import { CKM } from './cryptoki.ts';
import type { ModuleThreads } from './module-threads.ts';
import type { Pin } from './pin.ts';
import type { OperationName, TokenOperations } from './token-operations.ts';

/** A token as this process uses it. */
export class Token {
  readonly label: string;
  readonly #threads: ModuleThreads;
  readonly #pin: Pin;
  #opensBare: Promise<boolean> | undefined;
  #lastChange = Promise.resolve();

  constructor(label: string, threads: ModuleThreads, pin: Pin) {
    this.label = label;
    this.#threads = threads;
    this.#pin = pin;
  }

  /** Throws as `ModuleThreads.operate` and `Pin.read`. */
  async operate<Name extends OperationName>(
    operation: Name,
    ...values: Parameters<TokenOperations[Name]>
  ): Promise<ReturnType<TokenOperations[Name]>> {
    try {
      return await this.#threads.operate(this.label, () => this.#pin.read(), operation, ...values);
    } catch (error) {
      if (isHresult(error, 'SCARD_W_WRONG_CHV')) this.#pin.refuse();
      throw error;
    }
  }

  /** Whether the token does the bare RSA operation, so that padding is taken off here in one pattern of work. */
  opensBare(): Promise<boolean> {
    this.#opensBare ??= this.operate('mechanisms').then((mechanisms) => mechanisms.includes(CKM.RSA_X_509));
    this.#opensBare.catch(() => {
      this.#opensBare = undefined;
    });
    return this.#opensBare;
  }

  /** Changes of this process come one after the other. */
  async inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#lastChange.then(change);
    this.#lastChange = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }
}
