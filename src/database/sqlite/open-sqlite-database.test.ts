import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { verifyAuditChain } from '#ca/audit/chain';
import { HresultError } from '#hresult/hresult-error';
import { auditWrite, collect, insertRequest, sha256 } from '../suite/fixtures.ts';
import { DatabaseLock } from './lock.ts';
import { openSqliteDatabase } from './open-sqlite-database.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { UnitWriter } from './unit-writer.ts';

const directory = mkdtempSync(join(tmpdir(), 'certhaven-'));
after(() => rmSync(directory, { recursive: true }));
let count = 0;
const newPath = () => join(directory, `${++count}.db`);

/** A closed database with two requests, one with an archived key, and three audit records. */
async function filled(): Promise<string> {
  const path = newPath();
  const database = await openSqliteDatabase({ path, create: true });
  await database.commit([insertRequest(1, { RawArchivedKey: Uint8Array.of(1) }), auditWrite(4886), auditWrite(4893)]);
  await database.commit([insertRequest(2), auditWrite(4887)]);
  await database.close();
  return path;
}

test('a database that is not there is made only where asked', async () => {
  const path = newPath();
  await assert.rejects(openSqliteDatabase({ path, create: false }), { symbol: 'ERROR_FILE_NOT_FOUND' });
  const nowhere = join(directory, 'nowhere', 'ca.db');
  await assert.rejects(openSqliteDatabase({ path: nowhere, create: true }), { symbol: 'ERROR_PATH_NOT_FOUND' });
  await (await openSqliteDatabase({ path, create: true })).close();
  await (await openSqliteDatabase({ path, create: false })).close();
});

test('the file and its log are for its owner alone', async () => {
  const path = newPath();
  const database = await openSqliteDatabase({ path, create: true });
  await database.commit([insertRequest(1)]);
  for (const suffix of ['', '-wal', '-shm', '-lock']) assert.equal(statSync(path + suffix).mode & 0o777, 0o600, suffix);
  await database.close();
});

test('closing leaves one file with everything in it', async () => {
  const path = await filled();
  const copy = newPath();
  cpSync(path, copy);
  const database = await openSqliteDatabase({ path: copy, create: false });
  assert.ok(await database.request(2));
  assert.equal((await collect(database.audit())).length, 3);
  await database.close();
});

test('numbers and the audit chain go on after a restart', async () => {
  const path = await filled();
  let database = await openSqliteDatabase({ path, create: false });
  const requestId = await database.nextRequestId();
  assert.ok(requestId > 2);
  await database.commit([insertRequest(requestId), auditWrite(4880)]);
  await database.commit([{ delete: 'Requests', RequestID: requestId }]);
  await database.close();
  database = await openSqliteDatabase({ path, create: false });
  assert.ok((await database.nextRequestId()) > requestId);
  await database.commit([auditWrite(4881)]);
  const { verified, broken } = await verifyAuditChain(database.audit(), sha256);
  assert.deepEqual([verified, broken], [5, undefined]);
  await database.close();
});

test('other files, other databases, other schemas and newer ones are refused', async () => {
  const text = newPath();
  writeFileSync(text, 'This is a letter to the certification authority, and no database at all.'.repeat(20));
  await assert.rejects(openSqliteDatabase({ path: text, create: true }), { symbol: 'ERROR_INVALID_DATA' });

  const foreign = newPath();
  const connection = new DatabaseSync(foreign);
  connection.exec('CREATE TABLE letters (text TEXT)');
  connection.close();
  await assert.rejects(openSqliteDatabase({ path: foreign, create: true }), { symbol: 'ERROR_INVALID_DATA' });

  const change = async (sql: string) => {
    const path = await filled();
    const changed = new DatabaseSync(path);
    changed.exec(sql);
    changed.close();
    return openSqliteDatabase({ path, create: false });
  };
  await assert.rejects(change(`UPDATE "Migrations" SET "checksum" = 'x'`), { symbol: 'ERROR_INVALID_DATA' });
  await assert.rejects(change(`INSERT INTO "Migrations" VALUES (2, 'later', 'x')`), { symbol: 'ERROR_NOT_SUPPORTED' });

  const directoryInstead = newPath();
  mkdirSync(directoryInstead);
  await assert.rejects(openSqliteDatabase({ path: directoryInstead, create: true }), HresultError);
});

test('a damaged file is ERROR_INVALID_DATA, with the cause, and the lock is given up', async () => {
  const path = await filled();
  const file = openSync(path, 'r+');
  writeSync(file, new Uint8Array(statSync(path).size - 100).fill(0xa5), 0, undefined, 100);
  await assert.rejects(openSqliteDatabase({ path, create: false, waitMilliseconds: 0 }), (error) => {
    assert.ok(error instanceof HresultError);
    assert.equal(error.symbol, 'ERROR_INVALID_DATA');
    assert.ok(error.cause instanceof Error && !(error.cause instanceof HresultError));
    return true;
  });
  (await DatabaseLock.acquire(`${path}-lock`, 0)).release();
});

test('a full disk refuses what does not fit and keeps what was answered; later it goes on', async () => {
  const path = await filled();
  const lock = await DatabaseLock.acquire(`${path}-lock`, 0);
  const connection = new DatabaseSync(path);
  const pages = connection.prepare('PRAGMA page_count').get()!['page_count'] as number;
  connection.exec(`PRAGMA journal_mode = WAL; PRAGMA max_page_count = ${pages + 20}`);
  const database = new SqliteDatabase({ path, connection, writer: new UnitWriter(connection), lock });
  const answered: number[] = [];
  let refusal: unknown;
  while (refusal === undefined) {
    const requestId = await database.nextRequestId();
    await database
      .commit([insertRequest(requestId, { RawRequest: new Uint8Array(10_000) }), auditWrite(requestId)])
      .then(
        () => answered.push(requestId),
        (error) => (refusal = error),
      );
  }
  assert.ok(refusal instanceof HresultError);
  assert.equal(refusal.symbol, 'ERROR_DISK_FULL');
  assert.ok(answered.length > 2);
  connection.exec(`PRAGMA max_page_count = ${pages + 1000}`);
  await database.commit([auditWrite(1)]);
  for (const requestId of answered) assert.ok(await database.request(requestId));
  const { verified, broken } = await verifyAuditChain(database.audit(), sha256);
  assert.deepEqual([verified, broken], [3 + answered.length + 1, undefined]);
  await database.close();
});

test('records are only appended to and archived keys stay, whoever writes SQL', async () => {
  const path = await filled();
  const connection = new DatabaseSync(path);
  for (const sql of [
    `UPDATE "Audit" SET "subject" = 'nobody' WHERE "index" = 2`,
    'DELETE FROM "Audit" WHERE "index" = 2',
    'INSERT OR REPLACE INTO "Audit" SELECT "index", 0, "eventId", "subject", "outcome", "fields", "hash" FROM "Audit"',
  ]) {
    assert.throws(() => connection.exec(sql), /The records of Audit are only appended to/);
  }
  connection.exec(`INSERT INTO "Events" VALUES (1, 0, 's', 26, 'error', 't', '[]')`);
  assert.throws(() => connection.exec('DELETE FROM "Events"'), /The records of Events are only appended to/);
  assert.throws(() => connection.exec(`UPDATE "Events" SET "text" = ''`), /The records of Events are only appended to/);
  assert.throws(() => connection.exec('DELETE FROM "Requests"'), /A key is archived for the request/);
  connection.close();
});

test('who changes the file past the triggers is found by the chain', async () => {
  const path = await filled();
  const connection = new DatabaseSync(path);
  connection.exec(`DROP TRIGGER "Audit_update"; UPDATE "Audit" SET "subject" = 'CONTOSO\\eve' WHERE "index" = 2`);
  connection.close();
  const database = await openSqliteDatabase({ path, create: false });
  const { verified, broken } = await verifyAuditChain(database.audit(), sha256);
  assert.deepEqual([verified, broken], [1, { index: 2, fault: 'hash' }]);
  await database.close();
});

test('a second instance is refused by any name of the file, and let in once the first is closed', async () => {
  const path = newPath();
  const first = await openSqliteDatabase({ path, create: true });
  const otherName = newPath();
  symlinkSync(path, otherName);
  for (const name of [path, otherName]) {
    await assert.rejects(openSqliteDatabase({ path: name, create: false, waitMilliseconds: 30 }), {
      symbol: 'ERROR_SHARING_VIOLATION',
    });
  }
  await first.commit([insertRequest(1)]);
  const second = openSqliteDatabase({ path: otherName, create: false, waitMilliseconds: 10_000 });
  await first.close();
  await first.close();
  const opened = await second;
  assert.ok(await opened.request(1));
  await opened.close();
});

test('a stream that is under way when the database closes ends with an error', async () => {
  const path = await filled();
  const database = await openSqliteDatabase({ path, create: false });
  const rows = database.view({ table: 'Requests' })[Symbol.asyncIterator]();
  await rows.next();
  await database.close();
  await assert.rejects(rows.next(), { symbol: 'ERROR_INVALID_HANDLE' });
});
