import { isHresult } from '#hresult/hresult-error';
import { CKM } from './cryptoki.ts';
import type { ModuleThreads } from './module-threads.ts';
import type { Pin } from './pin.ts';
import type { TokenAccess } from './token-access.ts';
import type { OperationName, TokenOperations } from './token-operations.ts';

/** A token as this process uses it. */
export class Token {
  readonly label: string;
  readonly #threads: ModuleThreads;
  readonly #pin: Pin;
  readonly #access: TokenAccess;
  #opensBare: Promise<boolean> | undefined;
  #lastChange = Promise.resolve();

  /** `timeout` is how long one call of the module may take, in seconds. */
  constructor(label: string, threads: ModuleThreads, pin: Pin, timeout: number) {
    this.label = label;
    this.#threads = threads;
    this.#pin = pin;
    this.#access = { label, pin: () => pin.read(), milliseconds: timeout * 1000 };
  }

  /** Throws as `ModuleThreads.operate` and `Pin.read`. */
  async operate<Name extends OperationName>(
    operation: Name,
    ...values: Parameters<TokenOperations[Name]>
  ): Promise<ReturnType<TokenOperations[Name]>> {
    try {
      return await this.#threads.operate(this.#access, operation, ...values);
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
