/** A thread that hangs at a gate, as one does inside of a library. */
import { workerData } from 'node:worker_threads';
import { serveCalls } from '#threads/serve-calls';

export interface GateCall {
  readonly name: string;
  /** Waited at while it is 0. */
  readonly gate?: Int32Array;
  /** How often it moves meanwhile, every 50 ms, before it goes on though the gate be closed. */
  readonly moves?: number;
}

const { beats } = workerData as { readonly beats: Int32Array };

serveCalls(({ name, gate, moves }: GateCall) => {
  if (gate !== undefined && moves === undefined) Atomics.wait(gate, 0, 0);
  for (let move = 0; move < (moves ?? 0); move++) {
    Atomics.wait(gate!, 0, 0, 50);
    Atomics.add(beats, 0, 1);
  }
  return { result: name };
});
