import { hresult } from '#hresult/hresult-error';

/** How many units one commit takes at most, so that a burst does not hold the event loop. */
const GROUP_LIMIT = 512;

interface Waiting<Unit> {
  readonly unit: Unit;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One outcome a unit, an error where that unit alone failed; what it throws or rejects with fails the whole group. */
export type CommitGroup<Unit> = (units: readonly Unit[]) => readonly unknown[] | Promise<readonly unknown[]>;

/**
 * Gathers the units that arrive in one turn of the event loop, or while an earlier group is being written, and hands them
 * over together, in order. One group is under way at a time.
 */
export class CommitQueue<Unit> {
  readonly #commitGroup: CommitGroup<Unit>;
  #waiting: Waiting<Unit>[] = [];
  #isScheduled = false;
  /** The group under way, where its writer is another thread. */
  #underWay: Promise<void> | undefined;
  #closed = false;

  constructor(commitGroup: CommitGroup<Unit>) {
    this.#commitGroup = commitGroup;
  }

  push(unit: Unit): Promise<void> {
    if (this.#closed) return Promise.reject(hresult('ERROR_INVALID_HANDLE', 'The database is closed.'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ unit, resolve, reject });
      this.#schedule();
    });
  }

  /** Commits what waits; later units are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#underWay !== undefined || this.#waiting.length > 0) {
      if (this.#underWay === undefined) this.#flush();
      await this.#underWay;
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#underWay !== undefined || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#underWay === undefined) this.#flush();
      this.#schedule();
    });
  }

  #flush(): void {
    const group = this.#waiting.splice(0, GROUP_LIMIT);
    if (group.length === 0) return;
    try {
      const outcomes = this.#commitGroup(group.map(({ unit }) => unit));
      if (outcomes instanceof Promise) this.#underWay = this.#finish(group, outcomes);
      else settle(group, outcomes);
    } catch (error) {
      fail(group, error);
    }
  }

  async #finish(group: readonly Waiting<Unit>[], outcomes: Promise<readonly unknown[]>): Promise<void> {
    try {
      settle(group, await outcomes);
    } catch (error) {
      fail(group, error);
    } finally {
      this.#underWay = undefined;
      this.#schedule();
    }
  }
}

function settle<Unit>(group: readonly Waiting<Unit>[], outcomes: readonly unknown[]): void {
  group.forEach(({ resolve, reject }, index) => {
    if (outcomes[index] === undefined) resolve();
    else reject(outcomes[index]);
  });
}

function fail<Unit>(group: readonly Waiting<Unit>[], error: unknown): void {
  for (const { reject } of group) reject(error);
}
