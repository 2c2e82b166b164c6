import { hresult } from '#hresult/hresult-error';

/** How many units one commit takes at most, so that a burst does not hold the event loop. */
const GROUP_LIMIT = 512;

interface Waiting<Unit> {
  readonly unit: Unit;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers the units that arrive in one turn of the event loop and hands them over together, in order. `commitGroup` answers
 * one outcome a unit, an error where that unit alone failed; what it throws fails the whole group.
 */
export class CommitQueue<Unit> {
  readonly #commitGroup: (units: readonly Unit[]) => readonly unknown[];
  #waiting: Waiting<Unit>[] = [];
  #scheduled = false;
  #closed = false;

  constructor(commitGroup: (units: readonly Unit[]) => readonly unknown[]) {
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
  close(): void {
    this.#closed = true;
    while (this.#waiting.length > 0) this.#flush();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #flush(): void {
    const group = this.#waiting.splice(0, GROUP_LIMIT);
    if (group.length === 0) return;
    let outcomes: readonly unknown[];
    try {
      outcomes = this.#commitGroup(group.map(({ unit }) => unit));
    } catch (error) {
      for (const { reject } of group) reject(error);
      return;
    }
    group.forEach(({ resolve, reject }, index) => {
      if (outcomes[index] === undefined) resolve();
      else reject(outcomes[index]);
    });
  }
}
