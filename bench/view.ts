/**
 * `-view` and `-getkey` on a database of a million requests: how long until the rows that were asked for are there. The
 * tables are filled by SQL, with names and serial numbers as a CA gives them.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Restriction, ViewQuery } from '#ca/ports';
import { openSqliteDatabase } from '#database/sqlite/open-sqlite-database';
import { median } from './measure.ts';

const ROWS = 1_000_000;
/** So many people, each with as many certificates. */
const PEOPLE = 50_000;
const ROUNDS = 200;

const folder = mkdtempSync(join(tmpdir(), 'certhaven-bench-'));
const path = join(folder, 'ca.db');

async function fill(): Promise<void> {
  await (await openSqliteDatabase({ path, create: true })).close();
  const raw = new DatabaseSync(path);
  raw.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN');
  const numbers = `WITH RECURSIVE "N"("n") AS (SELECT 1 UNION ALL SELECT "n" + 1 FROM "N" WHERE "n" < ${ROWS})`;
  raw.exec(`INSERT INTO "Requests" ("RequestID", "Disposition", "StatusCode", "DispositionMessage", "SubmittedWhen",
      "ResolvedWhen", "RequesterName", "CallerName", "RequestType", "RequestFlags", "RawRequest", "RawArchivedKey")
    ${numbers} SELECT "n", CASE WHEN "n" % 50 = 0 THEN 21 WHEN "n" % 997 = 0 THEN 9 ELSE 20 END, 0, 'Issued',
      1700000000000 + "n" * 1000, 1700000000000 + "n" * 1000, 'CONTOSO\\user' || ("n" % ${PEOPLE}),
      'CONTOSO\\user' || ("n" % ${PEOPLE}), 1024, 68, randomblob(300),
      CASE WHEN "n" % 4 = 0 THEN randomblob(300) END FROM "N"`);
  raw.exec(`INSERT INTO "Certificates" ("RequestID", "SerialNumber", "CertificateHash", "CertificateTemplate", "NotBefore",
      "NotAfter", "UPN", "CommonName", "DistinguishedName", "RawCertificate")
    ${numbers} SELECT "n", printf('%034x', "n" * 2654435761), printf('%040x', "n" * 2654435761), 'User',
      1700000000000 + "n" * 1000, 1800000000000 + "n" * 1000, 'user' || ("n" % ${PEOPLE}) || '@contoso.com',
      'user' || ("n" % ${PEOPLE}), 'CN=user' || ("n" % ${PEOPLE}), randomblob(300) FROM "N"`);
  raw.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
  raw.close();
}

const equals = (column: string, value: Restriction['value']): Restriction => ({ column, operator: '=', value });
const serial = (n: number) => (BigInt(n) * 2654435761n).toString(16).padStart(34, '0');

/** Each with how to ask for one of many. */
const QUESTIONS: readonly (readonly [name: string, query: (n: number) => Omit<ViewQuery, 'table'>])[] = [
  ['RequestID', (n) => ({ restrictions: [equals('Request.RequestID', n)] })],
  ['SerialNumber', (n) => ({ restrictions: [equals('SerialNumber', serial(n))] })],
  ['RequesterName, 20 rows', (n) => ({ restrictions: [equals('RequesterName', `contoso\\USER${n % PEOPLE}`)] })],
  [
    'RequesterName among the issued',
    (n) => ({
      restrictions: [equals('Request.Disposition', 20), equals('RequesterName', `CONTOSO\\user${n % PEOPLE}`)],
    }),
  ],
  [
    'CommonName with an archived key (-getkey)',
    (n) => ({
      restrictions: [
        equals('CommonName', `user${n % PEOPLE}`),
        equals('Request.Disposition', 20),
        { column: 'Request.RawArchivedKey', operator: '!=', value: null },
      ],
    }),
  ],
  ['UPN', (n) => ({ restrictions: [equals('UPN', `user${n % PEOPLE}@contoso.com`)] })],
  [
    'the last row ($)',
    () => ({
      columns: ['Request.RequestID'],
      restrictions: [{ column: 'Request.RequestID', operator: '!=', value: null }],
      sort: { column: 'Request.RequestID', descending: true },
      limit: 1,
    }),
  ],
  ['Queue, first 20', () => ({ restrictions: [equals('Request.Disposition', 9)], limit: 20 })],
  ['no restriction, first 20', () => ({ limit: 20 })],
];

try {
  const begun = performance.now();
  await fill();
  console.log(`\n${ROWS} rows filled in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  const database = await openSqliteDatabase({ path, create: false });
  try {
    for (const [name, query] of QUESTIONS) {
      const times: number[] = [];
      let rows = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const n = 1 + ((round * 7_919_317) % ROWS);
        const start = performance.now();
        for await (const _ of database.view({ table: 'Requests', ...query(n) })) rows++;
        times.push(performance.now() - start);
      }
      const slowest = Math.max(...times);
      console.log(
        `  ${name.padEnd(46)} ${median(times).toFixed(2).padStart(8)} ms   slowest ${slowest.toFixed(1).padStart(6)} ms   ${(rows / ROUNDS).toFixed(1)} rows`,
      );
    }
  } finally {
    await database.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
