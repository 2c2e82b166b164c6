/** A thread's side of a module: its sessions, one a token. */
import { sendError } from '#threads/sent-error';
import { CKF_OS_LOCKING_OK, type Cryptoki } from './cryptoki.ts';
import { operations } from './operations.ts';
import { CKR, initializationError, isReturnValue } from './return-value.ts';
import type { KeyName, OperationName, ThreadAnswer, ThreadCall } from './token-operations.ts';
import { TokenLost, TokenSession } from './token-session.ts';

const USES: readonly OperationName[] = ['sign', 'decrypt', 'agree'];

/** Half of one of these may be done when the token is lost. */
const CHANGES: readonly OperationName[] = ['generateKey', 'importKey', 'deleteKey', 'renameObject'];

/** True for what a key is used for that was used before: asking for the state of the session would cost more than it tells. */
function isKnown(session: TokenSession, { operation, values }: ThreadCall & { readonly kind: 'operate' }): boolean {
  return USES.includes(operation) && session.hasPrivateKey(values[0] as KeyName);
}

export class ThreadModule {
  readonly #cryptoki: Cryptoki;
  readonly #path: string;
  readonly #sessions = new Map<string, TokenSession>();
  #start = 0;

  constructor(cryptoki: Cryptoki, path: string) {
    this.#cryptoki = cryptoki;
    this.#path = path;
  }

  handle(call: ThreadCall): ThreadAnswer {
    if (call.kind === 'start') return this.#initialize(call.again);
    if (call.start !== this.#start) {
      // Their handles may be those of other threads' sessions by now: they are forgotten, not closed.
      this.#sessions.clear();
      this.#start = call.start;
    }
    return this.#inSession(call);
  }

  #inSession(call: Exclude<ThreadCall, { readonly kind: 'start' }>): ThreadAnswer {
    let hasBegun = false;
    try {
      const session = this.#session(call.token);
      if (call.kind === 'log in') {
        // A text, which cannot be wiped: the package takes nothing else.
        session.logIn(new TextDecoder().decode(call.pin));
        return { kind: 'done', value: undefined };
      }
      if (!isKnown(session, call) && !session.isLoggedIn()) return { kind: 'logged out' };
      hasBegun = true;
      const run = operations(session)[call.operation] as (...values: readonly unknown[]) => unknown;
      return { kind: 'done', value: run(...call.values) };
    } catch (error) {
      const isRepeatable = !hasBegun || (call.kind === 'operate' && !CHANGES.includes(call.operation));
      if (isRepeatable && error instanceof Error && isReturnValue(error.cause, CKR.USER_NOT_LOGGED_IN)) {
        return { kind: 'logged out' };
      }
      if (!hasBegun && error instanceof Error && isReturnValue(error.cause, CKR.SESSION_COUNT)) {
        return { kind: 'no session', error: sendError(error) };
      }
      if (!(error instanceof TokenLost)) throw error;
      this.#drop(call.token);
      return { kind: 'lost', isRepeatable, error: sendError(error.cause) };
    } finally {
      if (call.kind === 'log in') call.pin.fill(0);
    }
  }

  close(): void {
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
  }

  #session(token: string): TokenSession {
    let session = this.#sessions.get(token);
    if (session === undefined) {
      session = TokenSession.open(this.#cryptoki, token);
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
