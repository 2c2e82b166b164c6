/** Slows guessing: so many failures in so long, then no more tries for a while, right or wrong. */
import { hresult } from '#hresult/hresult-error';

const WINDOW_MS = 15 * 60 * 1000;
/** One account from one address; one account from anywhere; one address for any accounts. */
const LIMITS = { pair: 10, account: 100, address: 100 } as const;
/** So that made-up names cannot fill memory. */
const MOST_KEYS = 50_000;

export class FailureLimit {
  readonly #failures = new Map<string, { count: number; since: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Throws ERROR_ACCOUNT_LOCKED_OUT; the same for accounts that are not there. */
  require(address: string, account: string): void {
    for (const [key, limit] of keysOf(address, account)) {
      const failures = this.#current(key);
      if (failures === undefined || failures.count < limit) continue;
      const minutes = Math.ceil((failures.since + WINDOW_MS - this.#now()) / 60_000);
      throw hresult('ERROR_ACCOUNT_LOCKED_OUT', 'Too many failed attempts to sign in.', {
        hint: `wait ${minutes} minutes and sign in with the right password`,
      });
    }
  }

  record(address: string, account: string): void {
    for (const [key] of keysOf(address, account)) {
      const failures = this.#current(key);
      if (failures) failures.count++;
      else this.#begin(key);
    }
  }

  /** After a success: the person knows the password, whatever was mistyped before. */
  clear(address: string, account: string): void {
    this.#failures.delete(keysOf(address, account)[0]![0]);
  }

  #current(key: string): { count: number; since: number } | undefined {
    const failures = this.#failures.get(key);
    if (failures === undefined || this.#now() - failures.since < WINDOW_MS) return failures;
    this.#failures.delete(key);
    return undefined;
  }

  #begin(key: string): void {
    const [oldest] = this.#failures.keys();
    if (this.#failures.size >= MOST_KEYS && oldest !== undefined) this.#failures.delete(oldest);
    this.#failures.set(key, { count: 1, since: this.#now() });
  }
}

function keysOf(address: string, account: string): readonly (readonly [key: string, limit: number])[] {
  const name = account.toLowerCase();
  return [
    [`pair ${address} ${name}`, LIMITS.pair],
    [`account ${name}`, LIMITS.account],
    [`address ${address}`, LIMITS.address],
  ];
}
