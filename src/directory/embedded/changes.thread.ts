import { workerData } from 'node:worker_threads';
import { sendError } from '#threads/sent-error';
import { serveCalls } from '#threads/serve-calls';
import { makeChange } from './change.ts';
import type { ChangesCall, ChangesResult } from './change-thread.ts';
import { SqliteFile } from './sqlite-file.ts';

const file = new SqliteFile((workerData as { readonly path: string }).path);

serveCalls(
  async ({ changes }: ChangesCall) => {
    const outcomes = await file.writeEach(changes, makeChange);
    const result: ChangesResult = outcomes.map((outcome) => (outcome === undefined ? undefined : sendError(outcome)));
    return { result };
  },
  () => file.close(),
);
