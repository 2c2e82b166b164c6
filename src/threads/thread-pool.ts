/** Calls into threads of their own. What a thread runs is a file `NAME.thread.ts`, which the bundle has beside it as `NAME.thread.js`. */
import { once } from 'node:events';
import { type Transferable, Worker } from 'node:worker_threads';
import { type HresultError, hresult } from '#hresult/hresult-error';
import { receiveError } from './sent-error.ts';
import type { Answer } from './serve-calls.ts';

export interface ThreadPoolOptions {
  /** How many threads there are at most; each is started by the first call that finds the others busy. */
  readonly size: number;
  /** What each thread finds as its `workerData`. */
  readonly data?: unknown;
  /**
   * No thread takes the place of one that ended before its time: every later call fails. For work whose state nobody knows
   * once its thread is gone.
   */
  readonly endsForGood?: boolean;
  /** Told of each thread that ended before its time, with what its calls fail with: RPC_E_SERVER_DIED. */
  readonly onEnd?: (error: HresultError) => void;
  /** True of a result by which a thread says that it cannot do what others can: it is asked after them from then on. */
  readonly isRefusal?: (result: unknown) => boolean;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Calls that were sent and not answered yet, in order: a thread answers in the order of its calls. */
  readonly sent: Waiting[];
}

export class ThreadPool<Call, Result> {
  readonly #script: URL;
  readonly #options: ThreadPoolOptions;
  readonly #threads: Thread[] = [];
  #isClosed = false;
  #hasEnded = false;

  /** `near` is `import.meta.url` of the module beside which the thread's file stands. */
  constructor(name: string, near: string, options: ThreadPoolOptions) {
    this.#script = new URL(near.endsWith('.ts') ? `./${name}.thread.ts` : `./${name}.thread.js`, near);
    this.#options = options;
  }

  /**
   * Throws what the thread throws; RPC_E_SERVER_DIED where it ended before it answered, RPC_E_SERVER_DIED_DNE for a call
   * after that where no other takes its place; ERROR_INVALID_HANDLE where the pool was closed.
   */
  call(call: Call, transfer: readonly Transferable[] = []): Promise<Result> {
    if (this.#isClosed) return Promise.reject(hresult('ERROR_INVALID_HANDLE', 'The threads were ended.'));
    if (this.#hasEnded) return Promise.reject(hresult('RPC_E_SERVER_DIED_DNE', this.#ended()));
    const { worker, sent } = this.#leastBusy();
    return new Promise<unknown>((resolve, reject) => {
      sent.push({ resolve, reject });
      worker.ref();
      worker.postMessage({ call }, transfer);
    }) as Promise<Result>;
  }

  /** Ends the threads once they have answered all calls. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(
      this.#threads.splice(0).map(async ({ worker }) => {
        const exited = once(worker, 'exit');
        worker.ref();
        worker.postMessage(undefined);
        await exited;
      }),
    );
  }

  #ended(): string {
    return `The thread ${this.#script.pathname.replace(/^.*\//, '')} has ended.`;
  }

  #leastBusy(): Thread {
    const least = this.#threads.toSorted((a, b) => a.sent.length - b.sent.length)[0];
    if (least !== undefined && (least.sent.length === 0 || this.#threads.length >= this.#options.size)) return least;
    return this.#start();
  }

  #askLast(thread: Thread): void {
    const index = this.#threads.indexOf(thread);
    if (index >= 0) this.#threads.push(...this.#threads.splice(index, 1));
  }

  #start(): Thread {
    // No flags of the process: some of them (--eval, --test) are none for a thread.
    const worker = new Worker(this.#script, { workerData: this.#options.data, execArgv: [] });
    const thread: Thread = { worker, sent: [] };
    worker.on('message', (answer: Answer) => {
      const { resolve, reject } = thread.sent.shift()!;
      // An idle thread does not keep the process alive.
      if (thread.sent.length === 0) worker.unref();
      if ('failed' in answer) reject(receiveError(answer.failed));
      else {
        if (this.#options.isRefusal?.(answer.result)) this.#askLast(thread);
        resolve(answer.result);
      }
    });
    const end = (cause?: unknown) => {
      const index = this.#threads.indexOf(thread);
      const error = hresult('RPC_E_SERVER_DIED', this.#ended(), { cause });
      for (const { reject } of thread.sent.splice(0)) reject(error);
      // A closed pool has let go of its threads already.
      if (index < 0) return;
      this.#threads.splice(index, 1);
      this.#hasEnded = this.#options.endsForGood ?? false;
      this.#options.onEnd?.(error);
    };
    worker.on('error', end);
    worker.on('exit', () => end());
    this.#threads.push(thread);
    return thread;
  }
}
