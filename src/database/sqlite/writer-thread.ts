import type { Write } from '#ca/ports';
import type { HresultSymbol } from '#hresult/codes';
import { HresultError, hresult } from '#hresult/hresult-error';
import { receiveError, type SentError } from '#threads/sent-error';
import { ThreadPool } from '#threads/thread-pool';
import type { GroupWriter } from './unit-writer.ts';

const ENDED: readonly HresultSymbol[] = ['RPC_E_SERVER_DIED', 'RPC_E_SERVER_DIED_DNE'];

export type WriterCall = readonly (readonly Write[])[];

/** One a unit; undefined where it is on disk. */
export type WriterResult = readonly (SentError | undefined)[];

/**
 * The writer in a thread of its own, with a connection of its own. Should that thread end before its time, nobody knows
 * whether a group under way was written: it is answered with RPC_E_SERVER_DIED, as after a crash, and every later one with
 * RPC_E_SERVER_DIED_DNE, so that nothing more is signed before a start has looked at what was left.
 */
export class WriterThread implements GroupWriter {
  readonly #thread: ThreadPool<WriterCall, WriterResult>;

  private constructor(thread: ThreadPool<WriterCall, WriterResult>) {
    this.#thread = thread;
  }

  /** Throws what opening the database throws. `onEnd` is told once, should the thread end before its time. */
  static async start(path: string, onEnd?: (error: HresultError) => void): Promise<WriterThread> {
    const thread = new ThreadPool<WriterCall, WriterResult>('writer', import.meta.url, {
      size: 1,
      data: { path },
      endsForGood: true,
      onEnd: (error) => onEnd?.(ofDatabase(error)),
    });
    await thread.call([]);
    return new WriterThread(thread);
  }

  async commitGroup(units: WriterCall): Promise<readonly unknown[]> {
    try {
      const outcomes = await this.#thread.call(units);
      return outcomes.map((outcome) => outcome && receiveError(outcome));
    } catch (error) {
      if (!(error instanceof HresultError) || !ENDED.includes(error.symbol)) throw error;
      throw ofDatabase(error);
    }
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}

function ofDatabase(error: HresultError): HresultError {
  return hresult(error.symbol, `${error.detail} It wrote the database.`, {
    hint: 'restart the CA: what was begun is finished when it starts',
    cause: error,
  });
}
