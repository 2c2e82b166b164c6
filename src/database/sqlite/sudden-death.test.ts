/** What another process sees of an instance, and what is left of it when it is killed. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { verifyAuditChain } from '#ca/audit/chain';
import { collect, sha256 } from '../suite/fixtures.ts';
import { openSqliteDatabase } from './open-sqlite-database.ts';

const ROOT = join(import.meta.dirname, '../../..');
const directory = mkdtempSync(join(tmpdir(), 'certhaven-'));
after(() => rmSync(directory, { recursive: true }));

/** Opens the database, says so, and then writes without end; prints each number once its unit is answered. */
const INSTANCE = `
  import { writeSync } from 'node:fs';
  import { openSqliteDatabase } from '#database/sqlite/open-sqlite-database';
  const database = await openSqliteDatabase({ path: process.argv[1], create: true, threaded: process.argv[2] === 'threaded' });
  // A reader that is behind leaves the pipe full for a while.
  function tell(text) {
    for (;;) {
      try {
        writeSync(1, text);
        return;
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      }
    }
  }
  tell('open\\n');
  const time = new Date(0);
  async function write() {
    for (;;) {
      const RequestID = await database.nextRequestId();
      const fields = [['RequestId', String(RequestID)]];
      await database.commit([
        { insert: 'Requests', row: { RequestID, RawRequest: new Uint8Array(3000).fill(RequestID), Disposition: 20 } },
        { insert: 'Certificates', row: { RequestID, SerialNumber: RequestID.toString(16) } },
        { append: 'Audit', record: { time, eventId: 4887, subject: 'CONTOSO\\\\bob', outcome: 'success', fields } },
      ]);
      tell(RequestID + '\\n');
    }
  }
  await Promise.all(Array.from({ length: 8 }, write));
`;

function start(
  path: string,
  threaded: boolean,
): { readonly child: ChildProcess; readonly lines: AsyncIterator<string> } {
  const child = spawn(
    process.execPath,
    ['--input-type=module-typescript', '-e', INSTANCE, '--', path, ...(threaded ? ['threaded'] : [])],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return { child, lines: createInterface({ input: child.stdout! })[Symbol.asyncIterator]() };
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

const ROUNDS = [3, 40, 211].flatMap((units) => [
  { units, threaded: false },
  { units, threaded: true },
]);

for (const [round, { units, threaded }] of ROUNDS.entries()) {
  test(`killed after ${units} units${threaded ? ' written by a thread' : ''}: every unit that was answered is there whole, and the lock is gone`, async () => {
    const path = join(directory, `${round}.db`);
    const { child, lines } = start(path, threaded);
    assert.equal((await lines.next()).value, 'open');
    await assert.rejects(openSqliteDatabase({ path, create: false, waitMilliseconds: 50 }), {
      symbol: 'ERROR_SHARING_VIOLATION',
    });
    const answered: number[] = [];
    while (answered.length < units) answered.push(Number((await lines.next()).value));
    await kill(child);
    for (let line = await lines.next(); !line.done; line = await lines.next()) answered.push(Number(line.value));

    const database = await openSqliteDatabase({ path, create: false, waitMilliseconds: 0 });
    for (const requestId of answered) {
      const row = await database.request(requestId);
      assert.deepEqual(row?.RawRequest, new Uint8Array(3000).fill(requestId), `request ${requestId}`);
      assert.equal((await database.certificate(requestId))?.SerialNumber, requestId.toString(16));
    }
    const rows = await collect(database.view({ table: 'Requests', columns: ['Request.RequestID', 'SerialNumber'] }));
    const entries = await collect(database.audit());
    // A unit is there whole or not at all.
    assert.deepEqual(
      entries.map(({ record }) => Number(record.fields[0]![1])).sort((a, b) => a - b),
      rows.map((row) => row.get('Request.RequestID')),
    );
    assert.ok(rows.every((row) => row.get('SerialNumber') !== null));
    const { verified, broken } = await verifyAuditChain(entries, sha256);
    assert.deepEqual([verified, broken], [rows.length, undefined]);
    assert.ok(rows.length >= units);
    await database.close();
  });
}
