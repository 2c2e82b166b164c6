/** A thread's side of a module: its sessions, one a token. */
import { sendError } from '#threads/sent-error';
import { CKF_OS_LOCKING_OK, type Cryptoki } from './cryptoki.ts';
import { operations } from './operations.ts';
import { CKR, initializationError, isReturnValue } from './return-value.ts';
import type { KeyName, Operation, OperationName, ThreadAnswer, ThreadCall } from './token-operations.ts';
import { TokenLost, TokenSession } from './token-session.ts';

const USES: readonly OperationName[] = ['sign', 'decrypt', 'agree'];

/** Half of one of these may be done when the token is lost. */
const CHANGES: readonly OperationName[] = ['generateKey', 'importKey', 'deleteKey', 'renameObject'];

/** True for what a key is used for that was used before: asking for the state of the session would cost more than it tells. */
function isKnown(session: TokenSession, { operation, values }: Operation): boolean {
  return USES.includes(operation) && session.hasPrivateKey(values[0] as KeyName);
}

export class ThreadModule {
  readonly #cryptoki: Cryptoki;
  readonly #path: string;
  readonly #beat: () => void;
  readonly #sessions = new Map<string, TokenSession>();
  #start = 0;

  /** `beat` is told of each call into the module. */
  constructor(cryptoki: Cryptoki, path: string, beat: () => void) {
    this.#cryptoki = cryptoki;
    this.#path = path;
    this.#beat = beat;
  }

  handle(call: ThreadCall): ThreadAnswer[] {
    if (call.kind === 'start') return [this.#initialize(call.again)];
    if (call.start !== this.#start) {
      // Their handles may be those of other threads' sessions by now: they are forgotten, not closed.
      this.#sessions.clear();
      this.#start = call.start;
    }
    if (call.kind === 'operate') return call.operations.map((operation) => this.#operate(operation));
    try {
      return [this.#attempt(call.token, () => this.#logIn(call.token, call.pin))];
    } finally {
      call.pin.fill(0);
    }
  }

  #logIn(token: string, pin: Uint8Array): ThreadAnswer {
    // A text, which cannot be wiped: the package takes nothing else.
    this.#session(token).logIn(new TextDecoder().decode(pin));
    return { kind: 'done', value: undefined };
  }

  #operate(wanted: Operation): ThreadAnswer {
    const changes = CHANGES.includes(wanted.operation);
    return this.#attempt(wanted.token, (begin) => {
      const session = this.#session(wanted.token);
      if (!isKnown(session, wanted) && !session.isLoggedIn()) return { kind: 'logged out' };
      begin(changes);
      const run = operations(session)[wanted.operation] as (...values: readonly unknown[]) => unknown;
      return { kind: 'done', value: run(...wanted.values) };
    });
  }

  /** `work` says when it begins with what cannot be taken for not begun, and whether that changes the token. */
  #attempt(token: string, work: (begin: (changes: boolean) => void) => ThreadAnswer): ThreadAnswer {
    let begun: { readonly changes: boolean } | undefined;
    try {
      return work((changes) => {
        begun = { changes };
      });
    } catch (error) {
      const isRepeatable = !begun?.changes;
      if (isRepeatable && error instanceof Error && isReturnValue(error.cause, CKR.USER_NOT_LOGGED_IN)) {
        return { kind: 'logged out' };
      }
      if (begun === undefined && error instanceof Error && isReturnValue(error.cause, CKR.SESSION_COUNT)) {
        return { kind: 'no session', error: sendError(error) };
      }
      if (!(error instanceof TokenLost)) return { kind: 'failed', error: sendError(error) };
      this.#drop(token);
      return { kind: 'lost', isRepeatable, error: sendError(error.cause) };
    }
  }

  close(): void {
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
  }

  #session(token: string): TokenSession {
    let session = this.#sessions.get(token);
    if (session === undefined) {
      session = TokenSession.open(this.#cryptoki, token, this.#beat);
      this.#sessions.set(token, session);
    }
    return session;
  }

  #drop(token: string): void {
    this.#sessions.get(token)?.close();
    this.#sessions.delete(token);
  }

  /** C_Initialize is the process's: another thread, or another user of the module, may have come first. */
  #initialize(again: boolean): ThreadAnswer {
    if (again) {
      try {
        this.#cryptoki.C_Finalize();
      } catch (error) {
        if (!isReturnValue(error, CKR.CRYPTOKI_NOT_INITIALIZED)) {
          throw initializationError(error, this.#path);
        }
      }
    }
    try {
      this.#cryptoki.C_Initialize({ flags: CKF_OS_LOCKING_OK });
    } catch (error) {
      if (!isReturnValue(error, CKR.CRYPTOKI_ALREADY_INITIALIZED)) throw initializationError(error, this.#path);
    }
    return { kind: 'done', value: undefined };
  }
}
