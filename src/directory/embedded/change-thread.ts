import { receiveError, type SentError } from '#threads/sent-error';
import { ThreadPool } from '#threads/thread-pool';
import type { Change } from './change.ts';

export interface ChangesCall {
  /** Each is made or fails alone; what is made is on the disk with the answer. */
  readonly changes: readonly Change[];
}

/** One a change; undefined where it was made. */
export type ChangesResult = readonly (SentError | undefined)[];

/** Makes changes in a thread with a connection of its own, so that who serves does not wait for the disk. */
export class ChangeThread {
  readonly #thread: ThreadPool<ChangesCall, ChangesResult>;

  constructor(path: string) {
    this.#thread = new ThreadPool('changes', import.meta.url, { size: 1, data: { path } });
  }

  async makeTogether(changes: readonly Change[]): Promise<readonly unknown[]> {
    const outcomes = await this.#thread.call({ changes });
    return outcomes.map((outcome) => outcome && receiveError(outcome));
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
