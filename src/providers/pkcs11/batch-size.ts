/** How many operations go into a thread together. A software token signs with P-256 in less time than the way there and back takes. */
import type { OperationName } from './token-operations.ts';

const QUICK: readonly OperationName[] = ['sign', 'decrypt', 'agree'];

/** Below this it is a processor that works, and not a device; nor is the way into a thread worth it for one alone. */
const OF_PROCESSOR_MS = 0.2;
/** Nobody waits longer than this for those before him in the same thread, as far as that can be foreseen. */
const LONGEST_MS = 3;
const MOST = 64;

export function isQuick(operation: OperationName): boolean {
  return QUICK.includes(operation);
}

/** How many of `sessions` get something quick to do: what processors do is not done sooner by more threads than there are. */
export function usefulSessions(pace: number | undefined, sessions: number, processors: number): number {
  return pace !== undefined && pace < OF_PROCESSOR_MS ? Math.min(sessions, processors) : sessions;
}

/** `pace` is what one took of late, in milliseconds; `waiting` how many there are for `threads` that are free. */
export function batchSize(pace: number | undefined, waiting: number, threads: number): number {
  if (pace === undefined) return 1;
  const fair = Math.ceil(waiting / threads);
  return Math.max(1, Math.min(fair, Math.floor(LONGEST_MS / pace), MOST));
}

/** What one takes, where the latest weighs an eighth. */
export function mean(before: number | undefined, latest: number): number {
  return before === undefined ? latest : before + (latest - before) / 8;
}
