import { workerData } from 'node:worker_threads';
import { sendError } from '#threads/sent-error';
import { serveCalls } from '#threads/serve-calls';
import { openConnection } from './connection.ts';
import { asHresult } from './sqlite-error.ts';
import { UnitWriter } from './unit-writer.ts';
import type { WriterCall, WriterResult } from './writer-thread.ts';

const { path } = workerData as { readonly path: string };
let writer: UnitWriter | undefined;

serveCalls(
  (units: WriterCall) => {
    writer ??= asHresult('Opening the database', () => new UnitWriter(openConnection(path)));
    if (units.length === 0) return { result: [] };
    const result: WriterResult = writer
      .commitGroup(units)
      .map((outcome) => (outcome === undefined ? undefined : sendError(outcome)));
    return { result };
  },
  () => writer?.close(),
);
