import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { CaDatabase, Restriction, ViewQuery } from '#ca/ports';
import type { ColumnValue } from '#ca/schema/column';
import { DB_DISP } from '#ca/schema/dispositions';
import { TABLE_COLUMNS } from '#ca/schema/tables';
import { collect, failsWith, insertRequest, type OpenDatabase, time, withDatabase } from './fixtures.ts';

export function viewsSuite(name: string, open: OpenDatabase): void {
  const it = withDatabase(open);

  describe(`${name}: views`, () => {
    const ROWS: readonly (readonly [
      id: number,
      request: Record<string, ColumnValue>,
      certificate?: Record<string, ColumnValue>,
    ])[] = [
      [
        1,
        { Disposition: 20, RequesterName: 'CONTOSO\\Bob', SubmittedWhen: time(10) },
        {
          SerialNumber: '0a',
          UPN: 'bob@contoso.com',
          CommonName: 'Bob',
          NotAfter: time(100),
          RawName: Uint8Array.of(1),
        },
      ],
      [2, { Disposition: 9, RequesterName: 'CONTOSO\\alice', SubmittedWhen: time(20), CommonName: 'Alice' }],
      [
        3,
        { Disposition: 20, RequesterName: 'contoso\\BOB', SubmittedWhen: time(15) },
        {
          SerialNumber: '0b',
          UPN: 'ÄNNCHEN@contoso.com',
          CommonName: 'ännchen',
          NotAfter: time(50),
          RawName: Uint8Array.of(1, 0),
        },
      ],
      [
        4,
        { Disposition: 21, RequesterName: 'CONTOSO\\zoë', SubmittedWhen: time(5), RevokedReason: 5 },
        { SerialNumber: '0C', CommonName: '鍵', NotAfter: time(200), RawName: Uint8Array.of(2) },
      ],
      [5, { Disposition: 30 }],
    ];
    const filled = (
      title: string,
      run: (ids: (query: Omit<ViewQuery, 'table'>) => Promise<unknown[]>, database: CaDatabase) => Promise<void>,
    ) =>
      it(title, async (database) => {
        for (const [RequestID, request, certificate] of ROWS.toReversed()) {
          await database.commit([
            insertRequest(RequestID, request),
            ...(certificate ? [{ insert: 'Certificates', row: { RequestID, ...certificate } } as const] : []),
          ]);
        }
        await run(
          async (query) =>
            (await collect(database.view({ table: 'Requests', columns: ['Request.RequestID'], ...query }))).map((row) =>
              row.get('Request.RequestID'),
            ),
          database,
        );
      });

    filled('every operator over every type', async (ids) => {
      const cases: [string, ColumnValue, Partial<Record<Restriction['operator'], number[]>>][] = [
        [
          'Request.Disposition',
          20,
          { '=': [1, 3], '!=': [2, 4, 5], '<': [2], '<=': [1, 2, 3], '>': [4, 5], '>=': [1, 3, 4, 5] },
        ],
        [
          'SubmittedWhen',
          time(15),
          { '=': [3], '!=': [1, 2, 4, 5], '<': [1, 4], '<=': [1, 3, 4], '>': [2], '>=': [2, 3] },
        ],
        [
          'RawName',
          Uint8Array.of(1, 0),
          { '=': [3], '!=': [1, 2, 4, 5], '<': [1], '<=': [1, 3], '>': [4], '>=': [3, 4] },
        ],
        [
          'Request.RequesterName',
          'contoso\\bob',
          { '=': [1, 3], '!=': [2, 4, 5], '<': [2], '<=': [1, 2, 3], '>': [4], '>=': [1, 3, 4] },
        ],
        ['SerialNumber', '0c', { '=': [4], '!=': [1, 2, 3, 5], '<': [1, 3], '<=': [1, 3, 4], '>': [], '>=': [4] }],
        ['UPN', 'ännchen@CONTOSO.com', { '=': [3], '!=': [1, 2, 4, 5], '<': [1], '<=': [1, 3], '>': [], '>=': [3] }],
        ['CommonName', 'ÄNNCHEN', { '=': [3], '<': [1], '>': [4] }],
        ['RequesterName', 'CONTOSO\\ZOË', { '=': [4], '!=': [1, 2, 3, 5], '<': [1, 2, 3] }],
        ['Request.RevokedReason', null, { '=': [1, 2, 3, 5], '!=': [4] }],
        ['SerialNumber', null, { '=': [2, 5], '!=': [1, 3, 4] }],
        ['UPN', null, { '=': [2, 4, 5], '!=': [1, 3] }],
        ['NotAfter', null, { '=': [2, 5], '!=': [1, 3, 4] }],
        ['RequestID', 2, { '=': [2], '>': [3, 4, 5] }],
      ];
      for (const [column, value, expected] of cases) {
        for (const [operator, found] of Object.entries(expected)) {
          const restriction = { column, operator: operator as Restriction['operator'], value };
          assert.deepEqual(await ids({ restrictions: [restriction] }), found, `${column} ${operator} ${value}`);
        }
      }
    });

    filled('all restrictions hold together', async (ids) => {
      const restrictions: Restriction[] = [
        { column: 'Disposition', operator: '=', value: 20 },
        { column: 'NotAfter', operator: '>', value: time(60) },
        { column: 'RequesterName', operator: '=', value: 'CONTOSO\\BOB' },
      ];
      assert.deepEqual(await ids({ restrictions }), [1]);
    });

    filled('order: by key, by column in both directions with empty values first or last, ties by key', async (ids) => {
      assert.deepEqual(await ids({}), [1, 2, 3, 4, 5]);
      const sorted = (column: string, descending = false) => ids({ sort: { column, descending } });
      assert.deepEqual(await sorted('SubmittedWhen'), [5, 4, 1, 3, 2]);
      assert.deepEqual(await sorted('SubmittedWhen', true), [2, 3, 1, 4, 5]);
      assert.deepEqual(await sorted('Request.RequesterName'), [5, 2, 1, 3, 4]);
      assert.deepEqual(await sorted('Request.RequesterName', true), [4, 3, 1, 2, 5]);
      assert.deepEqual(await sorted('CommonName'), [2, 5, 1, 3, 4]);
      assert.deepEqual(await sorted('Disposition', true), [5, 4, 3, 1, 2]);
      assert.deepEqual(await sorted('Request.RequestID', true), [5, 4, 3, 2, 1]);
      assert.deepEqual(await sorted('RawName'), [2, 5, 1, 3, 4]);
    });

    filled('limit, and the columns asked for under their printed names', async (ids, database) => {
      assert.deepEqual(await ids({ limit: 2 }), [1, 2]);
      assert.deepEqual(await ids({ limit: 0 }), []);
      assert.deepEqual(await ids({ limit: 2, sort: { column: 'SubmittedWhen', descending: true } }), [2, 3]);
      const columns = [
        'request.requesterNAME',
        'Disposition',
        'SerialNumber',
        'RequestID',
        'CommonName',
        'Request.CommonName',
      ];
      const [, second] = await collect(database.view({ table: 'Requests', columns }));
      assert.deepEqual(
        [...second!],
        [
          ['Request.RequesterName', 'CONTOSO\\alice'],
          ['Request.Disposition', 9],
          ['SerialNumber', null],
          ['RequestID', 2],
          ['CommonName', null],
          ['Request.CommonName', 'Alice'],
        ],
      );
      const [all] = await collect(database.view({ table: 'Requests', limit: 1 }));
      assert.deepEqual(
        [...all!.keys()],
        TABLE_COLUMNS.filter(({ table }) => table === 'Requests' || table === 'Certificates').map(
          ({ printedName }) => printedName,
        ),
      );
    });

    it('views of the other tables', async (database) => {
      for (const RequestID of [2, 1]) {
        await database.commit([
          insertRequest(RequestID),
          {
            insert: 'Attributes',
            row: { AttributeRequestId: RequestID, AttributeName: 'rmd', AttributeValue: `host${RequestID}` },
          },
          { insert: 'Attributes', row: { AttributeRequestId: RequestID, AttributeName: 'ccm', AttributeValue: null } },
          { insert: 'CRLs', row: { CRLRowId: RequestID, CRLNumber: 10 - RequestID, CRLPartitionIndex: 0 } },
        ]);
      }
      const attributes = await collect(
        database.view({ table: 'Attributes', columns: ['AttributeRequestId', 'attributename'] }),
      );
      assert.deepEqual(
        attributes.map((row) => [...row.values()].join()),
        ['1,rmd', '1,ccm', '2,rmd', '2,ccm'],
      );
      const restrictions = [{ column: 'AttributeName', operator: '=', value: 'RMD' } as const];
      const sort = { column: 'AttributeValue', descending: true };
      const found = await collect(
        database.view({ table: 'Attributes', columns: ['AttributeValue'], restrictions, sort }),
      );
      assert.deepEqual(
        found.map((row) => row.get('AttributeValue')),
        ['host2', 'host1'],
      );
      const latest = {
        table: 'CRLs',
        columns: ['CRLNumber', 'CRLPartitionIndex'],
        sort: { column: 'CRLNumber', descending: true },
        limit: 1,
      } as const;
      assert.deepEqual(
        (await collect(database.view(latest))).map((row) => [...row.values()]),
        [[9, 0]],
      );
    });

    it('refuses unknown columns, those of another table, values of another type and orders of nothing', async (database) => {
      const refused: ViewQuery[] = [
        { table: 'Requests', columns: ['NoSuchColumn'] },
        { table: 'Requests', columns: ['CRLNumber'] },
        { table: 'CRLs', columns: ['Request.CRLPartitionIndex'] },
        { table: 'Requests', sort: { column: '"; DROP TABLE "Requests', descending: false } },
        { table: 'Requests', restrictions: [{ column: 'Disposition', operator: '=', value: '20' }] },
        { table: 'Requests', restrictions: [{ column: 'NotAfter', operator: '>', value: 5 }] },
        { table: 'Requests', restrictions: [{ column: 'NotAfter', operator: '<', value: null }] },
        { table: 'Requests', limit: -1 },
        { table: 'Requests', limit: 1.5 },
      ];
      for (const query of refused) {
        await assert.rejects(
          collect(database.view(query)),
          failsWith('ERROR_INVALID_PARAMETER'),
          JSON.stringify(query),
        );
      }
      const partition = await collect(database.view({ table: 'Requests', columns: ['CRLPartitionIndex'] }));
      assert.deepEqual(partition, []);
    });

    it('streams ten thousand rows as they were when the stream began, while others are written', async (database) => {
      const count = 10_000;
      await Promise.all(
        Array.from({ length: count }, (_, index) =>
          database.commit([insertRequest(index + 1, { Disposition: DB_DISP.ISSUED, CommonName: `user ${index}` })]),
        ),
      );
      let seen = 0;
      const writes: Promise<void>[] = [];
      for await (const row of database.view({ table: 'Requests', columns: ['Request.RequestID', 'Disposition'] })) {
        seen++;
        assert.equal(row.get('Request.RequestID'), seen);
        assert.equal(row.get('Request.Disposition'), DB_DISP.ISSUED);
        if (seen % 1000 === 1) {
          writes.push(
            database.commit([
              insertRequest(count + seen, { Disposition: DB_DISP.PENDING }),
              { update: 'Requests', RequestID: seen + 500, set: { Disposition: DB_DISP.REVOKED } },
            ]),
          );
        }
      }
      assert.equal(seen, count);
      await Promise.all(writes);
      const revoked = { column: 'Disposition', operator: '=', value: DB_DISP.REVOKED } as const;
      assert.equal(
        (await collect(database.view({ table: 'Requests', columns: ['RequestID'], restrictions: [revoked] }))).length,
        10,
      );
    });

    filled('several streams at once, some left early, leave each other alone', async (_, database) => {
      const first = database.view({ table: 'Requests', columns: ['RequestID'] })[Symbol.asyncIterator]();
      assert.equal((await first.next()).value.get('RequestID'), 1);
      for (let round = 0; round < 6; round++) {
        for await (const row of database.view({ table: 'Requests', columns: ['RequestID'] })) {
          assert.equal(row.get('RequestID'), 1);
          break;
        }
      }
      const others = Array.from({ length: 6 }, () =>
        collect(database.view({ table: 'Requests', columns: ['RequestID'] })),
      );
      for (const rows of await Promise.all(others)) assert.equal(rows.length, 5);
      assert.equal((await first.next()).value.get('RequestID'), 2);
      await first.return?.();
      await assert.rejects(
        async () => {
          for await (const _row of database.view({ table: 'Requests' })) throw new Error('the reader gives up');
        },
        { message: 'the reader gives up' },
      );
    });
  });
}
