/** How many operations go into a thread together. A software token signs with P-256 in less time than the way there and back takes. */
import type { OperationName } from './token-operations.ts';

const QUICK: readonly OperationName[] = ['sign', 'decrypt', 'agree'];

/** Work that is worth one way into a thread even while others have nothing to do. */
const WORTH_MS = 0.2;
/** Nobody waits longer than this for those before him in the same thread, as far as that can be foreseen. */
const LONGEST_MS = 1;
const MOST = 64;

export function isQuick(operation: OperationName): boolean {
  return QUICK.includes(operation);
}

/** `pace` is what one took of late, in milliseconds; `waiting` how many there are for `threads` that are free. */
export function batchSize(pace: number | undefined, waiting: number, threads: number): number {
  if (pace === undefined) return 1;
  const fair = Math.ceil(waiting / threads);
  const size = Math.max(Math.floor(WORTH_MS / pace), Math.min(fair, Math.floor(LONGEST_MS / pace)));
  return Math.max(1, Math.min(size, MOST));
}

/** What one takes, where the latest weighs an eighth. */
export function mean(before: number | undefined, latest: number): number {
  return before === undefined ? latest : before + (latest - before) / 8;
}
