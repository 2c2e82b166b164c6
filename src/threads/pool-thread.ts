/** One thread of a pool, and what waits for its answers. */
import { once } from 'node:events';
import { type Transferable, Worker } from 'node:worker_threads';
import type { HresultError } from '#hresult/hresult-error';
import type { Answer } from './serve-calls.ts';

/**
 * For calls into libraries that may never come back: a thread that does not move for so long is given up, and what waits for
 * it fails. It moves by adding to the number in `workerData.beats`, or by answering.
 */
export interface Patience {
  readonly milliseconds: number;
  /** What the call fails with. */
  readonly error: () => HresultError;
}

export interface PoolThreadEvents {
  /** The answer to a call that somebody waits for is told to whoever does; all others are told to this. */
  readonly onLate: (answer: Answer) => void;
  readonly onGivenUp: () => void;
  /** It has answered all that had been given up. */
  readonly onReturn: () => void;
  readonly onEnd: (cause: unknown) => void;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  readonly patience: Patience | undefined;
}

/** A thread is looked at so often in the time that it has: it gets a part of that longer at most. */
const LOOKS = 4;
/** What a thread with nothing to do any more gets to end itself in, where it may hang. */
const CLOSING_MS = 5_000;

export class PoolThread {
  readonly #worker: Worker;
  readonly #events: PoolThreadEvents;
  /** Calls that were sent and not answered yet, in order: a thread answers in the order of its calls. */
  readonly #sent: Waiting[] = [];
  readonly #beats = new Int32Array(new SharedArrayBuffer(4));
  #isGivenUp = false;
  #timer: NodeJS.Timeout | undefined;
  #seenBeat = 0;
  /** When it was last seen to move. */
  #moved = 0;

  constructor(script: URL, data: object | undefined, events: PoolThreadEvents) {
    this.#events = events;
    // No flags of the process: some of them (--eval, --test) are none for a thread.
    this.#worker = new Worker(script, { workerData: { ...data, beats: this.#beats }, execArgv: [] });
    this.#worker.on('message', (answer: Answer) => this.#answer(answer));
    this.#worker.on('error', (cause) => events.onEnd(cause));
    this.#worker.on('exit', () => {
      clearTimeout(this.#timer);
      events.onEnd(undefined);
    });
  }

  /** How many calls it has not answered. */
  get load(): number {
    return this.#sent.length;
  }

  send(call: unknown, transfer: readonly Transferable[], patience: Patience | undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#sent.push({ resolve, reject, patience });
      if (this.#sent.length === 1) this.#watch();
      this.#worker.ref();
      this.#worker.postMessage({ call }, transfer);
    });
  }

  /** Nobody waits any more for what it was asked. */
  fail(error: HresultError): void {
    for (const { reject } of this.#sent.splice(0)) reject(error);
  }

  /** Once it has answered all calls and ended; or was given up. */
  async end(mayHang: boolean): Promise<void> {
    const exited = once(this.#worker, 'exit');
    this.#worker.ref();
    this.#worker.postMessage(undefined);
    if (!mayHang) return void (await exited);
    let look: NodeJS.Timeout | undefined;
    const isLeft = new Promise<void>((resolve) => {
      let quiet = 0;
      look = setInterval(() => {
        quiet = this.load === 0 ? quiet + 1 : 0;
        if (quiet > LOOKS) this.#giveUp();
        if (this.#isGivenUp) resolve();
      }, CLOSING_MS / LOOKS);
    });
    await Promise.race([exited, isLeft]);
    clearInterval(look);
  }

  /** The same, without waiting for it. */
  endUnwatched(): void {
    this.#worker.postMessage(undefined);
  }

  #answer(answer: Answer): void {
    const { resolve } = this.#sent.shift()!;
    // An idle thread does not keep the process alive.
    if (this.#sent.length === 0) this.#worker.unref();
    if (!this.#isGivenUp) {
      this.#watch();
      resolve(answer);
      return;
    }
    this.#events.onLate(answer);
    if (this.#sent.length > 0) return;
    this.#isGivenUp = false;
    this.#events.onReturn();
  }

  #watch(): void {
    this.#moved = performance.now();
    const patience = this.#sent[0]?.patience;
    if (patience !== undefined && this.#timer === undefined) this.#lookIn(patience.milliseconds / LOOKS);
  }

  #lookIn(milliseconds: number): void {
    // While there is something to look for, the thread itself keeps the process alive.
    this.#timer = setTimeout(() => this.#look(), milliseconds).unref();
  }

  #look(): void {
    this.#timer = undefined;
    const patience = this.#sent[0]?.patience;
    if (patience === undefined || this.#isGivenUp) return;
    const beat = Atomics.load(this.#beats, 0);
    if (beat !== this.#seenBeat) this.#moved = performance.now();
    this.#seenBeat = beat;
    const left = patience.milliseconds - (performance.now() - this.#moved);
    if (left <= 0) this.#giveUp();
    else this.#lookIn(Math.min(left, patience.milliseconds / LOOKS));
  }

  #giveUp(): void {
    if (this.#isGivenUp) return;
    this.#isGivenUp = true;
    this.#worker.unref();
    this.#events.onGivenUp();
    // They stay in their list, for the answers that may come after all.
    for (const { reject, patience } of this.#sent) if (patience !== undefined) reject(patience.error());
  }
}
