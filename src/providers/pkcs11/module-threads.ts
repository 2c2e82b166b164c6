/** A PKCS #11 module in threads of its own: each has one session a token, so what a device takes its time for holds up nobody else. */
import { hresult } from '#hresult/hresult-error';
import { receiveError } from '#threads/sent-error';
import { ThreadPool } from '#threads/thread-pool';
import type { OperationName, ThreadAnswer, ThreadCall, TokenOperations } from './token-operations.ts';

/** How often one operation may lose the token: it goes on in a new session, then with the module started anew. */
const LOSSES = 3;
/** How often one operation logs in: somebody's C_Logout may come between a login and its use, but not for ever. */
const LOGINS = 3;

export class ModuleThreads {
  readonly #pool: ThreadPool<ThreadCall, ThreadAnswer>;
  /** Counts the starts of the module; 0 before the first. */
  #start = 0;
  #starting: Promise<void> | undefined;
  readonly #logins = new Map<string, Promise<void>>();
  readonly #size: number;
  /** How many operations may be under way: fewer than threads once a token has refused one of them a session. */
  #width: number;
  #underWay = 0;
  /** Those who wait for others to end. */
  #waiting: (() => void)[] = [];

  constructor(path: string, size: number) {
    this.#size = size;
    this.#width = size;
    this.#pool = new ThreadPool('pkcs11', import.meta.url, {
      size,
      data: { path },
      isRefusal: (result) => (result as ThreadAnswer).kind === 'no session',
    });
  }

  /**
   * Does one operation with the token of that label. `pin` is asked where its user is not logged in. Throws what the operation
   * throws; NTE_DEVICE_NOT_READY where the token is not there even after the module looked again; SCARD_W_WRONG_CHV and
   * SCARD_W_CHV_BLOCKED for a PIN that the token refuses; and what loading the module throws.
   */
  async operate<Name extends OperationName>(
    token: string,
    pin: () => Promise<Uint8Array>,
    operation: Name,
    ...values: Parameters<TokenOperations[Name]>
  ): Promise<ReturnType<TokenOperations[Name]>> {
    let logins = 0;
    for (let losses = 0; ; ) {
      const { start, answer } = await this.#send((start) => ({ kind: 'operate', token, start, operation, values }));
      if (answer.kind === 'done') return answer.value as ReturnType<TokenOperations[Name]>;
      if (answer.kind === 'no session') {
        // The threads that have one go on with it: the others are asked last.
        if (this.#width === 1) throw receiveError(answer.error);
        this.#width--;
      } else if (answer.kind === 'lost') {
        if (!answer.isRepeatable || ++losses === LOSSES) throw receiveError(answer.error);
        // A session ends by itself where a device was idle for long, or away: then another one may do.
        if (losses > 1) await this.#startAgain(start);
      } else if (logins++ < LOGINS) {
        // Many may find at once that nobody is logged in: a wrong PIN must not be tried by each of them.
        const login = this.#logins.get(token) ?? this.#logIn(token, pin);
        this.#logins.set(token, login);
        await login.finally(() => this.#logins.delete(token));
      } else {
        throw hresult('NTE_PERM', `The user of the token ${token} is logged out again and again.`, {
          hint: 'see what else logs out of the token in this process, or why it takes the PIN and lets nobody in',
        });
      }
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** A token that is lost meanwhile is met again by the operation that follows. */
  async #logIn(token: string, pin: () => Promise<Uint8Array>): Promise<void> {
    const secret = await pin();
    try {
      await this.#send((start) => ({ kind: 'log in', token, start, pin: secret }));
    } finally {
      secret.fill(0);
    }
  }

  async #send(call: (start: number) => ThreadCall): Promise<{ readonly start: number; readonly answer: ThreadAnswer }> {
    for (;;) {
      if (this.#starting !== undefined || this.#start === 0) {
        this.#starting ??= this.#begin(false);
        await this.#starting;
      } else if (this.#underWay >= this.#width) await this.#change();
      else break;
    }
    // No await between the look at the start and the call: another may begin to start the module in between.
    const start = this.#start;
    this.#underWay++;
    try {
      return { start, answer: await this.#pool.call(call(start)) };
    } finally {
      this.#underWay--;
      this.#tell();
    }
  }

  /** Once an operation or a start has ended. */
  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Only a module that starts anew sees tokens that came after its last start. */
  async #startAgain(known: number): Promise<void> {
    if (known === this.#start) this.#starting ??= this.#begin(true);
    await this.#starting;
  }

  /** Nothing else is under way meanwhile: C_Finalize while a thread is inside the module is undefined (PKCS #11 §5.4). */
  async #begin(again: boolean): Promise<void> {
    try {
      while (this.#underWay > 0) await this.#change();
      await this.#pool.call({ kind: 'start', again });
      this.#start++;
      this.#width = this.#size;
    } finally {
      this.#starting = undefined;
      this.#tell();
    }
  }
}
