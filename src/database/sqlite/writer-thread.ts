/** The writer in a thread of its own, seen from the thread that serves. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Write } from '#ca/ports';
import type { HresultSymbol } from '#hresult/codes';
import { HresultError, hresult } from '#hresult/hresult-error';
import type { GroupWriter } from './unit-writer.ts';

/** An outcome as it crosses between threads: structured clones of errors lose their class. */
export type SentOutcome = undefined | SentError;

export interface SentError {
  readonly hresult:
    | { readonly symbol: HresultSymbol; readonly detail: string | undefined; readonly hint: string | undefined }
    | undefined;
  readonly cause: unknown;
}

/** What the thread answers to a group: outcomes, or why nothing of it was written. */
export type Answer = { readonly outcomes: readonly SentOutcome[] } | { readonly failed: SentError };

export function sentError(error: unknown): SentError {
  if (!(error instanceof HresultError)) return { hresult: undefined, cause: error };
  const { symbol, detail, hint, cause } = error;
  return { hresult: { symbol, detail, hint }, cause };
}

function receivedError({ hresult: sent, cause }: SentError): unknown {
  return sent ? hresult(sent.symbol, sent.detail, { hint: sent.hint, cause }) : cause;
}

interface Group {
  readonly resolve: (outcomes: readonly unknown[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Groups are answered in the order in which they were sent. */
export class WriterThread implements GroupWriter {
  readonly #worker: Worker;
  readonly #sent: Group[] = [];
  #ended: unknown;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: Answer) => this.#answered(answer));
    worker.on('error', (error) => this.#end(error));
    worker.on('exit', () => this.#end(undefined));
  }

  /** Throws what opening the database throws. */
  static async start(path: string): Promise<WriterThread> {
    // The bundle has the same file beside it, compiled.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`./writer.thread.${extension}`, import.meta.url), {
      workerData: { path },
      execArgv: [],
    });
    const [answer] = (await once(worker, 'message')) as [Answer];
    if ('failed' in answer) {
      await worker.terminate();
      throw receivedError(answer.failed);
    }
    // It ends with the process, however that ends.
    worker.unref();
    return new WriterThread(worker);
  }

  commitGroup(units: readonly (readonly Write[])[]): Promise<readonly unknown[]> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      this.#sent.push({ resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(units);
    });
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    const exited = once(this.#worker, 'exit');
    this.#worker.ref();
    this.#worker.postMessage(undefined);
    await exited;
  }

  #answered(answer: Answer): void {
    const { resolve, reject } = this.#sent.shift()!;
    if (this.#sent.length === 0) this.#worker.unref();
    if ('failed' in answer) reject(receivedError(answer.failed));
    else resolve(answer.outcomes.map((outcome) => outcome && receivedError(outcome)));
  }

  /** Whether a group under way was written, nobody knows: it is answered as after a crash, with an error. */
  #end(error: unknown): void {
    this.#ended ??= hresult('ERROR_INVALID_HANDLE', 'The thread that writes the database has ended.', { cause: error });
    for (const { reject } of this.#sent.splice(0)) reject(this.#ended);
  }
}
