import type { Directory, DirectoryPrincipal } from '#ca/ports';
import type { Credentials } from '#directory/sign-in';
import { hresult, isHresult } from '#hresult/hresult-error';
import type { FailureLimit } from './failure-limit.ts';
import { logonFailure, requireAccount } from './scheme.ts';

/** Each holds memory and a thread for a third of a second: what comes beyond the queue is turned away at once. */
const AT_ONCE = 2;
const QUEUE = 32;

export class PasswordCheck {
  readonly #directory: Directory;
  readonly #credentials: Credentials;
  readonly #limit: FailureLimit;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(directory: Directory, credentials: Credentials, limit: FailureLimit) {
    this.#directory = directory;
    this.#credentials = credentials;
    this.#limit = limit;
  }

  /** Throws ERROR_LOGON_FAILURE, ERROR_ACCOUNT_LOCKED_OUT, RPC_S_SERVER_TOO_BUSY. */
  async require(name: string, password: string, address: string): Promise<DirectoryPrincipal> {
    const account = await this.#find(name);
    // However the name is spelt.
    const counted = account?.sid ?? name;
    await this.#enter();
    try {
      this.#limit.require(address, counted);
      if ((await this.#credentials.isPassword(account?.sid, password)) && account) {
        this.#limit.clear(address, counted);
        return account;
      }
      this.#limit.record(address, counted);
    } finally {
      this.#leave();
    }
    throw logonFailure();
  }

  async #find(name: string): Promise<DirectoryPrincipal | undefined> {
    try {
      return await requireAccount(this.#directory, name);
    } catch (error) {
      if (isHresult(error, 'ERROR_LOGON_FAILURE') || isHresult(error, 'ERROR_ACCOUNT_DISABLED')) return undefined;
      throw error;
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < AT_ONCE) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= QUEUE) {
      throw hresult('RPC_S_SERVER_TOO_BUSY', 'Too many people are signing in.', { hint: 'try again in a minute' });
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running--;
  }
}
