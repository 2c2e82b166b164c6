/** A PKCS #11 module in threads of its own: each has one session a token, so what a device takes its time for holds up nobody else. */
import { availableParallelism } from 'node:os';
import { hresult } from '#hresult/hresult-error';
import { receiveError } from '#threads/sent-error';
import { ThreadPool } from '#threads/thread-pool';
import { batchSize, isQuick, mean, usefulSessions } from './batch-size.ts';
import { type TokenAccess, waitingFor } from './token-access.ts';
import type {
  Operation,
  OperationName,
  ThreadAnswer,
  ThreadAnswers,
  ThreadCall,
  TokenOperations,
} from './token-operations.ts';

/** How often one operation may lose the token: it goes on in a new session, then with the module started anew. */
const LOSSES = 3;
/** How often one operation logs in: somebody's C_Logout may come between a login and its use, but not for ever. */
const LOGINS = 3;

interface Answered {
  /** The start of the module that it was done in. */
  readonly start: number;
  readonly answer: ThreadAnswer;
  /** No other thread is left that might have a session. */
  readonly isLast: boolean;
}

interface Waiting {
  readonly access: TokenAccess;
  readonly wanted: Operation | { readonly pin: Uint8Array };
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: unknown) => void;
}

export class ModuleThreads {
  readonly #pool: ThreadPool<ThreadCall, ThreadAnswers>;
  /** Counts the starts of the module; 0 before the first. */
  #start = 0;
  #starting: Promise<void> | undefined;
  readonly #logins = new Map<string, Promise<void>>();
  readonly #size: number;
  /** How many calls may be under way: fewer than threads once a token has refused one of them a session. */
  #width: number;
  #underWay = 0;
  #quickUnderWay = 0;
  readonly #processors = availableParallelism();
  readonly #waiting: Waiting[] = [];
  #isLookedAt = false;
  /** What a quick operation took of late, in milliseconds. */
  #pace: number | undefined;
  #onIdle: (() => void) | undefined;

  constructor(path: string, size: number) {
    this.#size = size;
    this.#width = size;
    this.#pool = new ThreadPool('pkcs11', import.meta.url, {
      size,
      data: { path },
      isRefusal: (result) => (result as ThreadAnswers).answers.some(({ kind }) => kind === 'no session'),
      onLate: (result) => wipeValues(result as ThreadAnswers),
    });
  }

  /**
   * Does one operation with a token. Throws what the operation throws; NTE_DEVICE_NOT_READY where the token is not there even
   * after the module looked again; SCARD_E_TIMEOUT where the module does not come back; SCARD_W_WRONG_CHV and
   * SCARD_W_CHV_BLOCKED for a PIN that the token refuses; and what loading the module throws.
   */
  async operate<Name extends OperationName>(
    access: TokenAccess,
    operation: Name,
    ...values: Parameters<TokenOperations[Name]>
  ): Promise<ReturnType<TokenOperations[Name]>> {
    const { label } = access;
    let logins = 0;
    for (let losses = 0; ; ) {
      const { start, answer, isLast } = await this.#ask(access, { token: label, operation, values });
      if (answer.kind === 'done') return answer.value as ReturnType<TokenOperations[Name]>;
      if (answer.kind === 'failed') throw receiveError(answer.error);
      if (answer.kind === 'no session') {
        if (isLast) throw receiveError(answer.error);
      } else if (answer.kind === 'lost') {
        if (!answer.isRepeatable || ++losses === LOSSES) throw receiveError(answer.error);
        // A session ends by itself where a device was idle for long, or away: then another one may do.
        if (losses > 1) await this.#startAgain(access, start);
      } else if (logins++ < LOGINS) {
        // Many may find at once that nobody is logged in: a wrong PIN must not be tried by each of them.
        const login = this.#logins.get(label) ?? this.#logIn(access);
        this.#logins.set(label, login);
        await login.finally(() => this.#logins.delete(label));
      } else {
        throw hresult('NTE_PERM', `The user of the token ${label} is logged out again and again.`, {
          hint: 'see what else logs out of the token in this process, or why it takes the PIN and lets nobody in',
        });
      }
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** A token that is lost meanwhile is met again by the operation that follows. */
  async #logIn(access: TokenAccess): Promise<void> {
    const pin = await access.pin();
    try {
      const { answer } = await this.#ask(access, { pin });
      if (answer.kind === 'failed') throw receiveError(answer.error);
    } finally {
      pin.fill(0);
    }
  }

  #ask(access: TokenAccess, wanted: Waiting['wanted']): Promise<Answered> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ access, wanted, resolve, reject });
      this.#lookSoon();
    });
  }

  /** Once everybody has asked who is about to. */
  #lookSoon(): void {
    if (this.#isLookedAt) return;
    this.#isLookedAt = true;
    setImmediate(() => {
      this.#isLookedAt = false;
      this.#look();
    });
  }

  #look(): void {
    if (this.#starting === undefined && this.#start === 0 && this.#waiting.length > 0) {
      this.#starting = this.#begin(this.#waiting[0]!.access, false);
      this.#starting.catch(() => undefined);
    }
    if (this.#starting !== undefined) return;
    while (this.#underWay < this.#width) {
      const batch = this.#next();
      if (batch.length === 0) return;
      void this.#send(batch);
    }
  }

  /** What goes into one thread together; none where what waits is best left waiting. */
  #next(): readonly Waiting[] {
    const isAlone = this.#waiting.findIndex(({ wanted }) => !isQuickOne(wanted));
    const quick = isAlone < 0 ? this.#waiting.length : isAlone;
    if (quick === 0) return this.#waiting.splice(0, 1);
    const useful = usefulSessions(this.#pace, this.#width, this.#processors) - this.#quickUnderWay;
    const threads = Math.min(useful, this.#width - this.#underWay);
    return threads > 0 ? this.#waiting.splice(0, batchSize(this.#pace, quick, threads)) : [];
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const start = this.#start;
    const [{ access, wanted }] = batch as readonly [Waiting, ...Waiting[]];
    const call: ThreadCall =
      'pin' in wanted
        ? { kind: 'log in', token: access.label, start, pin: wanted.pin }
        : { kind: 'operate', start, operations: batch.map((each) => each.wanted as Operation) };
    const isQuick = isQuickOne(wanted);
    this.#underWay++;
    if (isQuick) this.#quickUnderWay++;
    try {
      const { answers, milliseconds } = await this.#pool.call(call, [], waitingFor(access, wanted));
      const isRefused = answers.some(({ kind }) => kind === 'no session');
      if (isQuick && !isRefused) this.#pace = mean(this.#pace, milliseconds / batch.length);
      const isLast = this.#width === 1;
      // Once for all of them: it is one thread that has none. Those that have one go on, and it is asked last.
      if (isRefused && !isLast) this.#width--;
      batch.forEach(({ resolve }, index) => {
        resolve({ start, answer: answers[index]!, isLast });
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#underWay--;
      if (isQuick) this.#quickUnderWay--;
      if (this.#underWay === 0) this.#onIdle?.();
      if (this.#waiting.length > 0) this.#lookSoon();
    }
  }

  async #idle(): Promise<void> {
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  /** Only a module that starts anew sees tokens that came after its last start. */
  async #startAgain(access: TokenAccess, known: number): Promise<void> {
    if (known === this.#start) this.#starting ??= this.#begin(access, true);
    await this.#starting;
  }

  /** Nothing else is under way meanwhile: C_Finalize while a thread is inside the module is undefined (PKCS #11 §5.4). */
  async #begin(access: TokenAccess, again: boolean): Promise<void> {
    try {
      await this.#idle();
      if (again && this.#pool.hasHanging) return;
      await this.#pool.call({ kind: 'start', again }, [], waitingFor(access));
      this.#start++;
      this.#width = this.#size;
    } catch (error) {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
      throw error;
    } finally {
      this.#onIdle = undefined;
      this.#starting = undefined;
      this.#lookSoon();
    }
  }
}

function isQuickOne(wanted: Waiting['wanted']): boolean {
  return !('pin' in wanted) && isQuick(wanted.operation);
}

/** What a key has opened for somebody who does not wait for it any more. */
function wipeValues({ answers }: ThreadAnswers): void {
  for (const answer of answers) if (answer.kind === 'done' && answer.value instanceof Uint8Array) answer.value.fill(0);
}
