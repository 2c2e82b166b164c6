/** SQL and the in-memory evaluation answer any view alike. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { CaDatabase, ViewQuery, Write } from '#ca/ports';
import type { ColumnValue } from '#ca/schema/column';
import { openMemoryDatabase } from './memory/memory-database.ts';
import { openSqliteDatabase } from './sqlite/open-sqlite-database.ts';
import { collect } from './suite/fixtures.ts';

const directory = mkdtempSync(join(tmpdir(), 'certhaven-'));
after(() => rmSync(directory, { recursive: true }));

const text = fc.string({
  unit: fc.constantFrom('a', 'A', 'b', 'Z', '_', '[', 'é', 'É', 'ß', '鍵', '\u{1f511}'),
  maxLength: 3,
});
const VALUES: Readonly<Record<string, fc.Arbitrary<ColumnValue>>> = {
  'Request.Disposition': fc.constantFrom(8, 9, 20, 21, 0x80000000),
  'Request.RequesterName': text,
  'Request.SubmittedWhen': fc.integer({ min: -2, max: 3 }).map((n) => new Date(n * 1e11)),
  'Request.RawName': fc.uint8Array({ maxLength: 2, max: 2 }),
  CommonName: text,
  NotAfter: fc.integer({ min: 0, max: 3 }).map((n) => new Date(n)),
  GeneralFlags: fc.nat({ max: 2 }),
  RawName: fc.uint8Array({ maxLength: 2, max: 2 }),
};
const names = Object.keys(VALUES);

function row(prefix: 'Request.' | '') {
  const columns = names.filter((name) => name.startsWith('Request.') === (prefix !== ''));
  return fc.record(
    Object.fromEntries(columns.map((name) => [name.slice(prefix.length), fc.option(VALUES[name]!, { nil: null })])),
  );
}

const restriction = fc.constantFrom(...names).chain((column) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        column: fc.constant(column),
        operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>=' as const),
        value: VALUES[column]!,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        column: fc.constant(column),
        operator: fc.constantFrom('=', '!=' as const),
        value: fc.constant(null),
      }),
    },
  ),
);

const view: fc.Arbitrary<ViewQuery> = fc.record(
  {
    table: fc.constant('Requests' as const),
    columns: fc.constant(['Request.RequestID', 'RequestID', ...names]),
    restrictions: fc.array(restriction, { maxLength: 2 }),
    sort: fc.record({ column: fc.constantFrom(...names, 'Request.RequestID'), descending: fc.boolean() }),
    limit: fc.nat({ max: 12 }),
  },
  { requiredKeys: ['table', 'columns'] },
) as fc.Arbitrary<ViewQuery>;

test('any view of any rows', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(row('Request.'), fc.option(row(''))), { minLength: 1, maxLength: 12 }),
      fc.array(view, { minLength: 10, maxLength: 25 }),
      async (rows, views) => {
        const sqlite = await openSqliteDatabase({ path: join(directory, `${++count}.db`), create: true });
        const memory = openMemoryDatabase();
        const unit = rows.flatMap(([request, certificate], index): Write[] => [
          { insert: 'Requests', row: { RequestID: index + 1, ...request } },
          ...(certificate ? [{ insert: 'Certificates', row: { RequestID: index + 1, ...certificate } } as const] : []),
        ]);
        const answer = async (database: CaDatabase, query: ViewQuery) =>
          (await collect(database.view(query))).map((found) => [...found]);
        try {
          await Promise.all([sqlite.commit(unit), memory.commit(unit)]);
          for (const query of views) assert.deepEqual(await answer(sqlite, query), await answer(memory, query));
        } finally {
          await sqlite.close();
        }
      },
    ),
    { seed: 1966, numRuns: 40 },
  );
});
