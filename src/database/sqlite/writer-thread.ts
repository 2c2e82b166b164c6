import type { Write } from '#ca/ports';
import { receiveError, type SentError } from '#threads/sent-error';
import { ThreadPool } from '#threads/thread-pool';
import type { GroupWriter } from './unit-writer.ts';

export type WriterCall = readonly (readonly Write[])[];

/** One a unit; undefined where it is on disk. */
export type WriterResult = readonly (SentError | undefined)[];

/**
 * The writer in a thread of its own, with a connection of its own. Should that thread end before its time, nobody knows
 * whether a group under way was written: it is answered with an error, as after a crash, and so is every later one.
 */
export class WriterThread implements GroupWriter {
  readonly #thread: ThreadPool<WriterCall, WriterResult>;

  private constructor(thread: ThreadPool<WriterCall, WriterResult>) {
    this.#thread = thread;
  }

  /** Throws what opening the database throws. */
  static async start(path: string): Promise<WriterThread> {
    const thread = new ThreadPool<WriterCall, WriterResult>('writer', import.meta.url, { size: 1, data: { path } });
    await thread.call([]);
    return new WriterThread(thread);
  }

  async commitGroup(units: WriterCall): Promise<readonly unknown[]> {
    const outcomes = await this.#thread.call(units);
    return outcomes.map((outcome) => outcome && receiveError(outcome));
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
