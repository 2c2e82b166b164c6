/** Calls into threads of their own. What a thread runs is a file `NAME.thread.ts`, which the bundle has beside it as `NAME.thread.js`. */
import type { Transferable } from 'node:worker_threads';
import { type HresultError, hresult } from '#hresult/hresult-error';
import { leaveHangingThreads } from './leave-process.ts';
import { type Patience, PoolThread } from './pool-thread.ts';
import { receiveError } from './sent-error.ts';

export interface ThreadPoolOptions {
  /** How many threads there are at most; each is started by the first call that finds the others busy. */
  readonly size: number;
  /** What each thread finds as its `workerData`, with `beats` (`Patience`) beside it. */
  readonly data?: object;
  /**
   * No thread takes the place of one that ended before its time: every later call fails. For work whose state nobody knows
   * once its thread is gone.
   */
  readonly endsForGood?: boolean;
  /** Told of each thread that ended before its time, with what its calls fail with: RPC_E_SERVER_DIED. */
  readonly onEnd?: (error: HresultError) => void;
  /** True of a result by which a thread says that it cannot do what others can: it is asked after them from then on. */
  readonly isRefusal?: (result: unknown) => boolean;
  /** Where every call has a `Patience`, since any may hang; takes results that come when nobody waits for them any more. */
  readonly onLate?: (result: unknown) => void;
}

export class ThreadPool<Call, Result> {
  readonly #script: URL;
  readonly #options: ThreadPoolOptions;
  readonly #threads: PoolThread[] = [];
  /** They may hang for ever. */
  readonly #givenUp = new Set<PoolThread>();
  #isClosed = false;
  #hasEnded = false;

  /** `near` is `import.meta.url` of the module beside which the thread's file stands. */
  constructor(name: string, near: string, options: ThreadPoolOptions) {
    this.#script = new URL(near.endsWith('.ts') ? `./${name}.thread.ts` : `./${name}.thread.js`, near);
    this.#options = options;
  }

  /** Whether a thread that was given up is inside its library still. */
  get hasHanging(): boolean {
    return this.#givenUp.size > 0;
  }

  /**
   * Throws what the thread throws; what `patience` says, and at once where as many threads hang as there may be at all;
   * RPC_E_SERVER_DIED where it ended before it answered, RPC_E_SERVER_DIED_DNE for a call after that where no other takes its
   * place; ERROR_INVALID_HANDLE where the pool was closed.
   */
  async call(call: Call, transfer: readonly Transferable[] = [], patience?: Patience): Promise<Result> {
    if (this.#isClosed) throw hresult('ERROR_INVALID_HANDLE', 'The threads were ended.');
    if (this.#hasEnded) throw hresult('RPC_E_SERVER_DIED_DNE', this.#ended());
    const thread = this.#leastBusy();
    if (thread === undefined) throw patience?.error() ?? hresult('RPC_E_SERVER_DIED', this.#ended());
    const answer = await thread.send(call, transfer, patience);
    if ('failed' in answer) throw receiveError(answer.failed);
    if (this.#options.isRefusal?.(answer.result)) this.#askLast(thread);
    return answer.result as Result;
  }

  /** Ends the threads once they have answered all calls; those that hang are left behind. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const mayHang = this.#options.onLate !== undefined;
    await Promise.all(this.#threads.splice(0).map((thread) => thread.end(mayHang)));
  }

  #ended(): string {
    return `The thread ${this.#script.pathname.replace(/^.*\//, '')} has ended.`;
  }

  /** Undefined where as many have been given up as are wanted at all, and as many again that took their place. */
  #leastBusy(): PoolThread | undefined {
    const { size } = this.#options;
    const least = this.#threads.toSorted((a, b) => a.load - b.load)[0];
    if (least !== undefined && (least.load === 0 || this.#threads.length >= size)) return least;
    return this.#threads.length + this.#givenUp.size < 2 * size ? this.#start() : least;
  }

  #askLast(thread: PoolThread): void {
    if (this.#remove(thread)) this.#threads.push(thread);
  }

  /** False where it was none of them. */
  #remove(thread: PoolThread): boolean {
    const index = this.#threads.indexOf(thread);
    if (index >= 0) this.#threads.splice(index, 1);
    return index >= 0;
  }

  #start(): PoolThread {
    const thread: PoolThread = new PoolThread(this.#script, this.#options.data, {
      onLate: (answer) => 'result' in answer && this.#options.onLate?.(answer.result),
      onGivenUp: () => {
        this.#remove(thread);
        if (this.#givenUp.size === 0) process.on('exit', leaveHangingThreads);
        this.#givenUp.add(thread);
      },
      onReturn: () => {
        this.#noLongerHangs(thread);
        if (this.#isClosed || this.#threads.length >= this.#options.size) thread.endUnwatched();
        else this.#threads.push(thread);
      },
      onEnd: (cause) => this.#lose(thread, cause),
    });
    this.#threads.push(thread);
    return thread;
  }

  #noLongerHangs(thread: PoolThread): void {
    if (this.#givenUp.delete(thread) && this.#givenUp.size === 0) process.off('exit', leaveHangingThreads);
  }

  #lose(thread: PoolThread, cause: unknown): void {
    const error = hresult('RPC_E_SERVER_DIED', this.#ended(), { cause });
    thread.fail(error);
    this.#noLongerHangs(thread);
    // A closed pool has let go of its threads already.
    if (!this.#remove(thread)) return;
    this.#hasEnded = this.#options.endsForGood ?? false;
    this.#options.onEnd?.(error);
  }
}
