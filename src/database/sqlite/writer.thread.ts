/** What the writer's thread runs: groups come in, outcomes go out, nothing else is in it. `writer-thread.ts` starts it. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Write } from '#ca/ports';
import { openConnection } from './connection.ts';
import { sqliteError } from './sqlite-error.ts';
import { UnitWriter } from './unit-writer.ts';
import { type Answer, sentError } from './writer-thread.ts';

const port = parentPort!;

function answer(run: () => readonly unknown[]): void {
  let answered: Answer;
  try {
    answered = { outcomes: run().map((outcome) => (outcome === undefined ? undefined : sentError(outcome))) };
  } catch (error) {
    answered = { failed: sentError(sqliteError(error, 'Opening the database')) };
  }
  port.postMessage(answered);
}

let writer: UnitWriter;
answer(() => {
  writer = new UnitWriter(openConnection((workerData as { readonly path: string }).path));
  return [];
});

port.on('message', (units: readonly (readonly Write[])[] | undefined) => {
  if (units !== undefined) answer(() => writer.commitGroup(units));
  else {
    writer.close();
    port.close();
  }
});
