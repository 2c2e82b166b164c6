/** The database as the sqlite3 program reads it while the authority runs, and the audit chain as openssl computes it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openSqliteDatabase } from '#database/sqlite/open-sqlite-database';

const directory = mkdtempSync(join(tmpdir(), 'certhaven-'));
after(() => rmSync(directory, { recursive: true }));

interface AuditColumns {
  readonly time: number;
  readonly eventId: number;
  readonly subject: string;
  readonly outcome: string;
  readonly fields: string;
  readonly hash: string;
}

function sqlite3(path: string, sql: string): string {
  return execFileSync('sqlite3', ['-readonly', path, sql], { encoding: 'utf8' }).trimEnd();
}

/** The record's DER from openssl's own generator, after the module in `ca/audit/canonical.ts`. */
function opensslEncoding({ time, eventId, subject, outcome, fields }: AuditColumns): Uint8Array {
  const pairs = JSON.parse(fields) as [string, string][];
  const lines = [
    'asn1=SEQUENCE:record',
    '[record]',
    `time=INTEGER:${time}`,
    `eventId=INTEGER:${eventId}`,
    `subject=FORMAT:UTF8,UTF8String:${subject.replaceAll('\\', '\\\\')}`,
    `success=BOOLEAN:${outcome === 'success'}`,
    'fields=SEQUENCE:fields',
    '[fields]',
    ...pairs.map((_, index) => `f${index}=SEQUENCE:field${index}`),
    ...pairs.flatMap(([name, value], index) => [
      `[field${index}]`,
      `name=FORMAT:UTF8,UTF8String:${name}`,
      `value=FORMAT:UTF8,UTF8String:${value.replaceAll('\\', '\\\\')}`,
    ]),
  ];
  const [configuration, der] = [join(directory, 'record.cnf'), join(directory, 'record.der')];
  writeFileSync(configuration, `${lines.join('\n')}\n`);
  execFileSync('openssl', ['asn1parse', '-genconf', configuration, '-noout', '-out', der]);
  return readFileSync(der);
}

test('the sqlite3 program reads a running database; openssl computes the same audit chain', async () => {
  const path = join(directory, 'ca.db');
  const database = await openSqliteDatabase({ path, create: true });
  const time = new Date('2026-01-02T03:04:05.678Z');
  for (const requestId of [1, 2, 3]) {
    const fields = [
      ['RequestId', String(requestId)],
      ['Requester', 'CONTOSO\\zoë'],
    ] as const;
    await database.commit([
      {
        insert: 'Requests',
        row: { RequestID: requestId, Disposition: 20, SubmittedWhen: time, RawRequest: Uint8Array.of(0x30, 0) },
      },
      { insert: 'Certificates', row: { RequestID: requestId, SerialNumber: `0${requestId}`, CommonName: 'Zoë 鍵' } },
      {
        append: 'Audit',
        record: {
          time,
          eventId: 4886 + requestId,
          subject: 'CONTOSO\\zoë',
          outcome: requestId === 2 ? 'failure' : 'success',
          fields,
        },
      },
    ]);
  }
  assert.equal(sqlite3(path, 'PRAGMA integrity_check'), 'ok');
  assert.equal(sqlite3(path, 'PRAGMA foreign_key_check'), '');
  assert.equal(
    sqlite3(
      path,
      `SELECT "Certificates"."CommonName", "SerialNumber", hex("RawRequest"), datetime("SubmittedWhen" / 1000, 'unixepoch')
        FROM "Requests" JOIN "Certificates" USING ("RequestID") WHERE "RequestID" = 2`,
    ),
    'Zoë 鍵|02|3000|2026-01-02 03:04:05',
  );

  const rows = JSON.parse(
    sqlite3(
      path,
      `SELECT json_group_array(json_object('time', "time", 'eventId', "eventId", 'subject', "subject", 'outcome', "outcome",
        'fields', "fields", 'hash', lower(hex("hash")))) FROM "Audit"`,
    ),
  ) as AuditColumns[];
  assert.equal(rows.length, 3);
  let head: Uint8Array = new Uint8Array(32);
  for (const row of rows) {
    const input = Buffer.concat([head, opensslEncoding(row)]);
    head = execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input });
    assert.equal(Buffer.from(head).toString('hex'), row.hash);
  }
  await database.close();
});
