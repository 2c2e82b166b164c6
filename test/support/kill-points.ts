/**
 * Loaded before the service (`node --import`), never by it: a service that kills itself with SIGKILL once it reaches the step
 * of an archival issuance that KILL_AT names. It waits for SIGUSR2, says `armed`, and counts from there. At END_OF_WRITER the
 * signal itself ends the thread that writes the database.
 */
import { ServerResponse } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import worker, { getEnvironmentData, isMainThread, setEnvironmentData, type WorkerOptions } from 'node:worker_threads';
import type { Write } from '#ca/ports';
import { SqliteDatabase } from '#database/sqlite/sqlite-database';
import { Statements } from '#database/sqlite/statements';
import { openEmbeddedDirectory } from '#directory/embedded/open-embedded-directory';
import { nodeEngine } from '#pki/crypto/node/engine';
import { SoftwareKey } from '#providers/software/software-key';
import { ThreadPool } from '#threads/thread-pool';

export const KILL_POINTS = [
  'request read',
  'request number taken',
  'exchange key unwrapped',
  'key handed to its thread',
  'key in clear in its thread',
  'key resealed',
  'request about to be recorded',
  'request written, not committed',
  'request committed, not told',
  'request recorded',
  'certificate signed',
  'certificate about to be recorded',
  'certificate written, not committed',
  'certificate committed, not told',
  'certificate recorded',
  'certificate published',
  'about to answer',
  'answered',
] as const;

export const END_OF_WRITER = 'end of the writer';

export type KillPoint = (typeof KILL_POINTS)[number];

const ARMED = 'certhaven-test-armed';
const wanted = process.env['KILL_AT'];

if (wanted !== undefined) {
  if (isMainThread) hookService();
  else hookThread(basename(process.argv[2] ?? ''));
}

function reach(point: KillPoint): void {
  const armed = getEnvironmentData(ARMED) as unknown as Int32Array;
  if (point === wanted && Atomics.load(armed, 0) === 1) process.kill(process.pid, 'SIGKILL');
}

/** `method` of `prototype` with something before it and after what it answers. */
function around<Arguments extends unknown[]>(
  prototype: object,
  method: string,
  { before, after }: { before?: (...args: Arguments) => void; after?: (...args: Arguments) => void },
): void {
  const methods = prototype as Record<string, (...args: Arguments) => unknown>;
  const original = methods[method]!;
  methods[method] = function (...args) {
    before?.(...args);
    const answer = original.apply(this, args);
    if (!(answer instanceof Promise)) after?.(...args);
    return answer instanceof Promise ? answer.finally(() => after?.(...args)) : answer;
  };
}

function hookService(): void {
  setEnvironmentData(ARMED, new Int32Array(new SharedArrayBuffer(4)) as never);
  const writers: worker.Worker[] = [];
  process.on('SIGUSR2', () => {
    if (wanted === END_OF_WRITER) for (const writer of writers) void writer.terminate();
    Atomics.store(getEnvironmentData(ARMED) as unknown as Int32Array, 0, 1);
    process.stdout.write('armed\n');
  });

  // Threads are started without flags of the process; these get this file, and know what they are for.
  const { Worker } = worker;
  worker.Worker = class extends Worker {
    constructor(script: string | URL, options: WorkerOptions = {}) {
      super(script, { ...options, argv: [String(script)], execArgv: ['--import', import.meta.url] });
      if (/writer\.thread\.[jt]s$/.test(String(script))) writers.push(this);
    }
  };
  syncBuiltinESMExports();

  around(SqliteDatabase.prototype, 'nextRequestId', {
    before: () => reach('request read'),
    after: () => reach('request number taken'),
  });
  around(SoftwareKey.prototype, 'unwrapKey', { after: () => reach('exchange key unwrapped') });
  around<[object]>(ThreadPool.prototype, 'call', {
    before: (call) => {
      // The thread has it in the next turn of the event loop.
      if ('archivedKey' in call) setImmediate(() => reach('key handed to its thread'));
    },
    after: (call) => {
      if ('archivedKey' in call) reach('key resealed');
    },
  });
  const records = (unit: readonly Write[], what: 'request' | 'certificate') =>
    unit.some((write) =>
      what === 'request'
        ? 'insert' in write && write.insert === 'Signings'
        : 'update' in write && write.update === 'Certificates',
    );
  const tell = (when: (what: 'request' | 'certificate') => KillPoint) => (unit: readonly Write[]) => {
    for (const what of ['request', 'certificate'] as const) if (records(unit, what)) reach(when(what));
  };
  around<[readonly Write[]]>(SqliteDatabase.prototype, 'commit', {
    before: tell((what) => `${what} about to be recorded`),
    after: tell((what) => `${what} recorded`),
  });
  around(SoftwareKey.prototype, 'sign', { after: () => reach('certificate signed') });
  const directory = openEmbeddedDirectory({ path: ':memory:' });
  around(Object.getPrototypeOf(directory), 'addValues', { after: () => reach('certificate published') });
  void directory.close();
  const { end } = ServerResponse.prototype;
  ServerResponse.prototype.end = function (this: ServerResponse, ...args: unknown[]) {
    reach('about to answer');
    this.once('finish', () => reach('answered'));
    return (end as (...args: unknown[]) => ServerResponse).apply(this, args);
  } as typeof end;
}

function hookThread(script: string): void {
  if (script.startsWith('archive.thread')) {
    around(nodeEngine, 'importPrivateKey', { after: () => reach('key in clear in its thread') });
  }
  if (!script.startsWith('writer.thread')) return;
  const { of } = Statements.prototype;
  let step: 'request' | 'certificate' | undefined;
  Statements.prototype.of = function (sql: string) {
    if (sql === 'BEGIN IMMEDIATE') step = undefined;
    if (sql.startsWith('INSERT INTO "Signings"')) step = 'request';
    if (sql.startsWith('UPDATE "Certificates"')) step = 'certificate';
    const statement = of.call(this, sql);
    if (sql !== 'COMMIT' || step === undefined) return statement;
    const done = step;
    return {
      run: () => {
        reach(`${done} written, not committed`);
        const result = statement.run();
        reach(`${done} committed, not told`);
        return result;
      },
    } as typeof statement;
  };
}
