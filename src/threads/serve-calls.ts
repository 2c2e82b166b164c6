/** The thread's side of `thread-pool.ts`. */
import { parentPort, type Transferable } from 'node:worker_threads';
import { type SentError, sendError } from './sent-error.ts';

/** What a call comes back as. */
export type Answer = { readonly result: unknown } | { readonly failed: SentError };

export interface Result {
  readonly result: unknown;
  /** Memory that moves to the caller instead of being copied: what is secret is then in one place only. */
  readonly transfer?: readonly Transferable[];
}

/** Answers each call in its turn, until `close` is called for. */
export function serveCalls<Call>(handle: (call: Call) => Result | Promise<Result>, close?: () => void): void {
  const port = parentPort!;
  let turn = Promise.resolve();
  port.on('message', (message: { readonly call: Call } | undefined) => {
    if (message === undefined) {
      turn = turn.then(() => {
        close?.();
        port.close();
      });
      return;
    }
    turn = turn.then(async () => {
      let answer: Answer;
      let transfer: readonly Transferable[] = [];
      try {
        const handled = await handle(message.call);
        answer = { result: handled.result };
        transfer = handled.transfer ?? [];
      } catch (error) {
        answer = { failed: sendError(error) };
      }
      port.postMessage(answer, transfer);
    });
  });
}
