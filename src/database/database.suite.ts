/** What every database must keep; run over each of them. Over 400 lines because it is one contract. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { verifyAuditChain } from '#ca/audit/chain';
import type { CaDatabase, Restriction, ViewQuery, Write } from '#ca/ports';
import type { ColumnValue } from '#ca/schema/column';
import { DB_DISP } from '#ca/schema/dispositions';
import { TABLE_COLUMNS, TABLES } from '#ca/schema/tables';
import type { HresultSymbol } from '#hresult/codes';
import { type HresultError, isHresult } from '#hresult/hresult-error';

const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest());
const time = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

function failsWith(symbol: HresultSymbol, detail = /(?:)/) {
  return (error: unknown) => isHresult(error, symbol) && detail.test((error as HresultError).detail ?? '');
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function insertRequest(RequestID: number, row: Record<string, ColumnValue> = {}): Write {
  return { insert: 'Requests', row: { RequestID, ...row } };
}

function auditWrite(eventId: number, value = 'x'): Write {
  const fields = [['RequestId', value] as const, ['Requester', 'CONTOSO\\ännchen'] as const];
  return {
    append: 'Audit',
    record: { time: time(eventId), eventId, subject: 'CONTOSO\\bob', outcome: 'success', fields },
  };
}

/** `open` makes an empty database. */
export function databaseSuite(name: string, open: () => Promise<CaDatabase>): void {
  async function withDatabase(run: (database: CaDatabase) => Promise<void>): Promise<void> {
    const database = await open();
    try {
      await run(database);
    } finally {
      await database.close();
    }
  }
  const it = (title: string, run: (database: CaDatabase) => Promise<void>) => test(title, () => withDatabase(run));

  describe(`${name}: units of work`, () => {
    it('writes every column of every table and reads it back', async (database) => {
      const values = { long: 0xfffffffe, date: time(0.25), binary: Uint8Array.of(0, 1, 255), string: 'Zoë 鍵 🔑\0"\'' };
      const full = (table: keyof typeof TABLES, keys: Record<string, ColumnValue>) => ({
        ...Object.fromEntries(TABLES[table].map(({ name, type }) => [name, values[type] as ColumnValue])),
        ...keys,
      });
      const request = full('Requests', { RequestID: 7 });
      const certificate = full('Certificates', { RequestID: 7 });
      const extension = full('Extensions', { ExtensionRequestId: 7 });
      const attribute = full('Attributes', { AttributeRequestId: 7 });
      const crl = full('CRLs', { CRLRowId: 3 });
      await database.commit([
        { insert: 'Requests', row: request as never },
        { insert: 'Certificates', row: certificate as never },
        { insert: 'Extensions', row: extension as never },
        { insert: 'Attributes', row: attribute as never },
        { insert: 'CRLs', row: crl as never },
      ]);
      assert.deepEqual(await database.request(7), request);
      assert.deepEqual(await database.certificate(7), certificate);
      assert.deepEqual(await database.extensions(7), [extension]);
      assert.deepEqual(await database.attributes(7), [attribute]);
      for (const [table, rows] of [
        [
          'Requests',
          { ...certificate, ...Object.fromEntries(Object.entries(request).map(([k, v]) => [`Request.${k}`, v])) },
        ],
        ['Extensions', extension],
        ['Attributes', attribute],
        ['CRLs', crl],
      ] as const) {
        const [row, ...others] = await collect(database.view({ table }));
        assert.deepEqual(others, []);
        assert.deepEqual(Object.fromEntries(row!), rows);
      }
    });

    it('answers undefined and nothing for rows that are not there', async (database) => {
      assert.equal(await database.request(1), undefined);
      assert.equal(await database.certificate(1), undefined);
      assert.deepEqual(await database.extensions(1), []);
      assert.deepEqual(await database.attributes(1), []);
      assert.deepEqual(await database.signings(), []);
      assert.deepEqual(await collect(database.audit()), []);
      assert.deepEqual(await collect(database.view({ table: 'Requests' })), []);
    });

    it('leaves columns empty that no one filled, and empties them again', async (database) => {
      await database.commit([insertRequest(1, { CommonName: 'bob' })]);
      const row = (await database.request(1))!;
      assert.equal(row.CommonName, 'bob');
      assert.equal(row.RawRequest, null);
      assert.equal(Object.keys(row).length, 45);
      await database.commit([{ update: 'Requests', RequestID: 1, set: { CommonName: null, StatusCode: 0x80094800 } }]);
      assert.deepEqual(
        [(await database.request(1))!.CommonName, (await database.request(1))!.StatusCode],
        [null, 0x80094800],
      );
    });

    it('writes nothing of a unit whose last write fails', async (database) => {
      await database.commit([insertRequest(1)]);
      const unit: Write[] = [
        insertRequest(2),
        { update: 'Requests', RequestID: 1, set: { CommonName: 'changed' } },
        { insert: 'Certificates', row: { RequestID: 1, SerialNumber: 'aa' } },
        {
          insert: 'Extensions',
          row: { ExtensionRequestId: 1, ExtensionName: '2.5.29.15', ExtensionFlags: 1, ExtensionRawValue: null },
        },
        { insert: 'Signings', row: { RequestID: 1, toBeSigned: Uint8Array.of(1) } },
        { set: 'Registry', path: '', name: 'KRACertCount', value: { type: 'REG_DWORD', data: 1 } },
        auditWrite(4886),
        {
          append: 'Events',
          record: { time: time(1), source: 's', eventId: 26, level: 'information', text: 't', variables: [] },
        },
        insertRequest(1),
      ];
      await assert.rejects(database.commit(unit), failsWith('NTE_EXISTS'));
      assert.equal(await database.request(2), undefined);
      assert.equal((await database.request(1))!.CommonName, null);
      assert.equal(await database.certificate(1), undefined);
      assert.deepEqual(await database.extensions(1), []);
      assert.deepEqual(await database.signings(), []);
      assert.deepEqual(await database.registry(), []);
      assert.deepEqual(await collect(database.audit()), []);
      assert.deepEqual(await collect(database.events()), []);
      await database.commit([{ insert: 'Certificates', row: { RequestID: 1, SerialNumber: 'AA' } }]);
    });

    it('lets a failing unit fail alone among those that arrive together', async (database) => {
      await database.commit([insertRequest(1, { Disposition: DB_DISP.PENDING })]);
      const deny: Write = {
        update: 'Requests',
        RequestID: 1,
        set: { Disposition: DB_DISP.DENIED },
        whenDisposition: [DB_DISP.PENDING],
      };
      const outcomes = await Promise.allSettled([
        database.commit([insertRequest(2), auditWrite(1)]),
        database.commit([deny, auditWrite(2)]),
        database.commit([insertRequest(3), auditWrite(3), deny]),
        database.commit([insertRequest(2), auditWrite(4)]),
        database.commit([insertRequest(4), auditWrite(5)]),
      ]);
      assert.deepEqual(
        outcomes.map((outcome) =>
          outcome.status === 'rejected' ? (outcome.reason as HresultError).symbol : 'written',
        ),
        ['written', 'written', 'CERTSRV_E_BAD_REQUESTSTATUS', 'NTE_EXISTS', 'written'],
      );
      assert.equal((await database.request(1))!.Disposition, DB_DISP.DENIED);
      assert.equal(await database.request(3), undefined);
      assert.ok(await database.request(4));
      const entries = await collect(database.audit());
      assert.deepEqual(
        entries.map(({ record }) => record.eventId),
        [1, 2, 5],
      );
      assert.equal((await verifyAuditChain(entries, sha256)).broken, undefined);
    });

    it('keeps the order of units that arrive together', async (database) => {
      await database.commit([insertRequest(1)]);
      await Promise.all(
        Array.from({ length: 600 }, (_, index) =>
          database.commit([{ update: 'Requests', RequestID: 1, set: { StatusCode: index } }, auditWrite(index)]),
        ),
      );
      assert.equal((await database.request(1))!.StatusCode, 599);
      assert.deepEqual(
        (await collect(database.audit())).map(({ record }) => record.eventId),
        [...Array(600).keys()],
      );
    });

    it('keeps its own copy of the bytes it was given', async (database) => {
      const bytes = Uint8Array.of(1, 2, 3);
      await database.commit([insertRequest(1, { RawRequest: bytes })]);
      bytes.fill(0);
      const read = (await database.request(1))!.RawRequest!;
      assert.deepEqual(read, Uint8Array.of(1, 2, 3));
      read.fill(9);
      assert.deepEqual((await database.request(1))!.RawRequest, Uint8Array.of(1, 2, 3));
    });

    it('refuses every unit after it was closed, and reading too', async (database) => {
      await database.close();
      await assert.rejects(database.commit([insertRequest(1)]), failsWith('ERROR_INVALID_HANDLE'));
      await assert.rejects(database.request(1), failsWith('ERROR_INVALID_HANDLE'));
      await assert.rejects(collect(database.view({ table: 'Requests' })), failsWith('ERROR_INVALID_HANDLE'));
      await assert.rejects(collect(database.audit()), failsWith('ERROR_INVALID_HANDLE'));
    });
  });

  describe(`${name}: what is refused`, () => {
    it('an update of a row in another disposition, or of no row', async (database) => {
      await database.commit([insertRequest(1, { Disposition: DB_DISP.ISSUED }), insertRequest(2)]);
      const guarded = (RequestID: number): Write => ({
        update: 'Requests',
        RequestID,
        set: {},
        whenDisposition: [DB_DISP.PENDING, DB_DISP.DENIED],
      });
      await assert.rejects(database.commit([guarded(1)]), failsWith('CERTSRV_E_BAD_REQUESTSTATUS'));
      await assert.rejects(database.commit([guarded(2)]), failsWith('CERTSRV_E_BAD_REQUESTSTATUS'));
      await assert.rejects(database.commit([guarded(3)]), failsWith('CERTSRV_E_PROPERTY_EMPTY'));
      for (const write of [
        { update: 'Requests', RequestID: 3, set: { StatusCode: 0 } },
        { update: 'Certificates', RequestID: 1, set: { UPN: 'x' } },
        { update: 'CRLs', CRLRowId: 1, set: { CRLNumber: 1 } },
        { delete: 'Signings', RequestID: 1 },
        { delete: 'Requests', RequestID: 3 },
      ] satisfies Write[]) {
        await assert.rejects(database.commit([write]), failsWith('CERTSRV_E_PROPERTY_EMPTY'));
      }
    });

    it('a serial number that is taken, whatever its case', async (database) => {
      await database.commit([insertRequest(1), insertRequest(2), insertRequest(3)]);
      await database.commit([{ insert: 'Certificates', row: { RequestID: 1, SerialNumber: '4a00' } }]);
      await database.commit([{ insert: 'Certificates', row: { RequestID: 3, SerialNumber: null } }]);
      const second: Write = { insert: 'Certificates', row: { RequestID: 2, SerialNumber: '4A00' } };
      await assert.rejects(database.commit([second]), failsWith('NTE_EXISTS'));
      const change: Write = { update: 'Certificates', RequestID: 3, set: { SerialNumber: '4a00' } };
      await assert.rejects(database.commit([change]), failsWith('NTE_EXISTS'));
      await database.commit([{ update: 'Certificates', RequestID: 1, set: { SerialNumber: '4b00' } }, second]);
      await assert.rejects(
        database.commit([{ insert: 'Signings', row: { RequestID: 2, toBeSigned: Uint8Array.of(1) } }, second]),
        failsWith('NTE_EXISTS'),
      );
      assert.deepEqual(await database.signings(), []);
    });

    it('rows of a request that is not there', async (database) => {
      const rows: Write[] = [
        { insert: 'Certificates', row: { RequestID: 9 } },
        {
          insert: 'Extensions',
          row: { ExtensionRequestId: 9, ExtensionName: 'a', ExtensionFlags: 0, ExtensionRawValue: null },
        },
        { insert: 'Attributes', row: { AttributeRequestId: 9, AttributeName: 'a', AttributeValue: null } },
      ];
      for (const write of rows) await assert.rejects(database.commit([write]), failsWith('CERTSRV_E_PROPERTY_EMPTY'));
    });

    it('values over the length, out of range, of another type, with the column named', async (database) => {
      await database.commit([insertRequest(1), insertRequest(2)]);
      const fits = { EndorsementKeyHash: 'ü'.repeat(72), RawName: new Uint8Array(4096), StatusCode: 0xffffffff };
      await database.commit([{ update: 'Requests', RequestID: 1, set: fits }]);
      for (const [set, named] of [
        [{ EndorsementKeyHash: 'x'.repeat(73) }, /^Request\.EndorsementKeyHash takes 144 bytes, 146 were given/],
        [{ RawName: new Uint8Array(4097) }, /^Request\.RawName takes 4096 bytes/],
        [{ StatusCode: 0x100000000 }, /^Request\.StatusCode /],
        [{ StatusCode: -1 }, /^Request\.StatusCode /],
        [{ StatusCode: 0.5 }, /^Request\.StatusCode /],
        [{ StatusCode: '1' as never }, /^Request\.StatusCode /],
        [{ SubmittedWhen: new Date(Number.NaN) }, /^Request\.SubmittedWhen /],
        [{ CommonName: 'lone \ud800 surrogate' }, /^Request\.CommonName /],
        [{ RawRequest: 'text' as never }, /^Request\.RawRequest /],
        [{ NoSuchColumn: 1 } as never, /NoSuchColumn/],
        [{ RequestID: 2 }, /RequestID/],
      ] as const) {
        const together = await Promise.allSettled([
          database.commit([{ update: 'Requests', RequestID: 2, set: { StatusCode: 5 } }]),
          database.commit([{ update: 'Requests', RequestID: 1, set }]),
        ]);
        assert.equal(together[0].status, 'fulfilled');
        assert.ok(together[1].status === 'rejected');
        assert.ok(failsWith('ERROR_INVALID_PARAMETER', named)(together[1].reason), String(together[1].reason));
      }
      for (const row of [
        { ExtensionRequestId: 1, ExtensionName: null, ExtensionFlags: 0, ExtensionRawValue: null },
        { ExtensionRequestId: null, ExtensionName: 'x', ExtensionFlags: 0, ExtensionRawValue: null },
      ]) {
        await assert.rejects(database.commit([{ insert: 'Extensions', row }]), failsWith('ERROR_INVALID_PARAMETER'));
      }
    });

    it('the deletion of a request with an archived key, or one that is being signed', async (database) => {
      await database.commit([
        insertRequest(1, { RawArchivedKey: Uint8Array.of(1) }),
        insertRequest(2),
        { insert: 'Signings', row: { RequestID: 2, toBeSigned: Uint8Array.of(1) } },
        { insert: 'Certificates', row: { RequestID: 2, SerialNumber: 'aa' } },
        {
          insert: 'Extensions',
          row: { ExtensionRequestId: 2, ExtensionName: 'a', ExtensionFlags: 0, ExtensionRawValue: null },
        },
        { insert: 'Attributes', row: { AttributeRequestId: 2, AttributeName: 'a', AttributeValue: null } },
      ]);
      await assert.rejects(
        database.commit([{ delete: 'Requests', RequestID: 1 }]),
        failsWith('CERTSRV_E_BAD_REQUESTSTATUS', /a key is archived/),
      );
      await assert.rejects(
        database.commit([{ delete: 'Requests', RequestID: 2 }]),
        failsWith('CERTSRV_E_BAD_REQUESTSTATUS', /is being signed/),
      );
      await database.commit([
        { delete: 'Signings', RequestID: 2 },
        { delete: 'Requests', RequestID: 2 },
      ]);
      assert.equal(await database.request(2), undefined);
      assert.equal(await database.certificate(2), undefined);
      assert.deepEqual(await database.extensions(2), []);
      assert.deepEqual(await database.attributes(2), []);
      await database.commit([insertRequest(3), { insert: 'Certificates', row: { RequestID: 3, SerialNumber: 'aa' } }]);
      assert.ok(await database.request(1));
    });
  });

  describe(`${name}: numbers, extensions, registry, journals`, () => {
    it('gives out every number once, past rows that brought their own', async (database) => {
      const first = await database.nextRequestId();
      assert.ok(first >= 1);
      assert.equal(
        new Set(await Promise.all(Array.from({ length: 50 }, () => database.nextRequestId()))).has(first),
        false,
      );
      await database.commit([insertRequest(1000)]);
      await database.commit([{ delete: 'Requests', RequestID: 1000 }]);
      assert.ok((await database.nextRequestId()) > 1000);
      const crl = await database.nextCrlRowId();
      await database.commit([{ insert: 'CRLs', row: { CRLRowId: crl + 5, CRLNumber: 1 } }]);
      assert.ok((await database.nextCrlRowId()) > crl + 5);
    });

    it('keeps extensions and attributes in order; the same name again replaces the row in its place', async (database) => {
      const extension = (ExtensionName: string, ExtensionFlags: number): Write => ({
        insert: 'Extensions',
        row: { ExtensionRequestId: 1, ExtensionName, ExtensionFlags, ExtensionRawValue: Uint8Array.of(ExtensionFlags) },
      });
      const attribute = (AttributeName: string, AttributeValue: string): Write => ({
        insert: 'Attributes',
        row: { AttributeRequestId: 1, AttributeName, AttributeValue },
      });
      await database.commit([
        insertRequest(1),
        extension('2.5.29.37', 1),
        extension('2.5.29.15', 2),
        extension('2.5.29.14', 3),
      ]);
      await database.commit([
        extension('2.5.29.15', 4),
        attribute('ccm', 'a'),
        attribute('cdc', 'b'),
        attribute('CCM', 'c'),
      ]);
      assert.deepEqual(
        (await database.extensions(1)).map((row) => [row.ExtensionName, row.ExtensionFlags]),
        [
          ['2.5.29.37', 1],
          ['2.5.29.15', 4],
          ['2.5.29.14', 3],
        ],
      );
      assert.deepEqual(
        (await database.attributes(1)).map((row) => row.AttributeValue),
        ['c', 'b'],
      );
    });

    it('answers signings in the order of their requests, until they are done', async (database) => {
      await database.commit([insertRequest(1), insertRequest(2)]);
      await database.commit([{ insert: 'Signings', row: { RequestID: 2, toBeSigned: Uint8Array.of(2) } }]);
      await database.commit([{ insert: 'Signings', row: { RequestID: 1, toBeSigned: Uint8Array.of(1) } }]);
      assert.deepEqual(
        (await database.signings()).map(({ RequestID, toBeSigned }) => [RequestID, ...toBeSigned]),
        [
          [1, 1],
          [2, 2],
        ],
      );
      await database.commit([{ delete: 'Signings', RequestID: 1 }]);
      assert.deepEqual(
        (await database.signings()).map(({ RequestID }) => RequestID),
        [2],
      );
    });

    it('keeps registry values of every type, by path and name without regard to case', async (database) => {
      const values = [
        { type: 'REG_SZ', data: 'Zoë\\n "quoted"' },
        { type: 'REG_DWORD', data: 0xffffffff },
        { type: 'REG_MULTI_SZ', data: ['65:C:\\x%3%8%9.crl', '', '79:ldap:///CN=%7'] },
        { type: 'REG_BINARY', data: Uint8Array.of(1, 0, 4, 0x80) },
      ] as const;
      for (const [index, value] of values.entries()) {
        await database.commit([{ set: 'Registry', path: 'CSP', name: `Value${index}`, value }]);
      }
      const read = async () =>
        new Map((await database.registry()).map(({ path, name, value }) => [`${path}\\${name}`, value]));
      assert.deepEqual(
        [...(await read())].sort(),
        values.map((value, index) => [`CSP\\Value${index}`, value]),
      );
      await database.commit([
        { set: 'Registry', path: 'csp', name: 'VALUE0', value: { type: 'REG_DWORD', data: 1 } },
        { remove: 'Registry', path: 'CSP', name: 'value3' },
        { remove: 'Registry', path: 'CSP', name: 'never there' },
      ]);
      assert.deepEqual([...(await read()).keys()].sort(), ['CSP\\Value0', 'CSP\\Value1', 'CSP\\Value2']);
      assert.deepEqual((await read()).get('CSP\\Value0'), { type: 'REG_DWORD', data: 1 });
      const wrong: Write = { set: 'Registry', path: '', name: 'x', value: { type: 'REG_DWORD', data: -1 } };
      await assert.rejects(database.commit([wrong]), failsWith('ERROR_INVALID_PARAMETER'));
    });

    it('chains audit records, and the chain shows what was changed, taken out or put in between', async (database) => {
      await database.commit([auditWrite(4880)]);
      await database.commit([auditWrite(4886, '1'), auditWrite(4887, '1')]);
      await Promise.all([database.commit([auditWrite(4888, '2')]), database.commit([auditWrite(4881)])]);
      const entries = await collect(database.audit());
      assert.deepEqual(
        entries.map(({ index, record }) => [index, record.eventId]),
        [
          [1, 4880],
          [2, 4886],
          [3, 4887],
          [4, 4888],
          [5, 4881],
        ],
      );
      assert.deepEqual(entries[1]!.record, (auditWrite(4886, '1') as { record: unknown }).record);
      const whole = await verifyAuditChain(database.audit(), sha256);
      assert.deepEqual([whole.verified, whole.broken], [5, undefined]);
      assert.deepEqual(whole.head, entries[4]!.hash);

      const changed = entries.with(2, { ...entries[2]!, record: { ...entries[2]!.record, outcome: 'failure' } });
      assert.deepEqual((await verifyAuditChain(changed, sha256)).broken, { index: 3, fault: 'hash' });
      assert.deepEqual((await verifyAuditChain(entries.toSpliced(1, 1), sha256)).broken, { index: 3, fault: 'index' });
      const renumbered = entries.toSpliced(1, 1).map((entry, at) => ({ ...entry, index: at + 1 }));
      assert.deepEqual((await verifyAuditChain(renumbered, sha256)).broken, { index: 2, fault: 'hash' });
      const doubled = entries.toSpliced(2, 0, entries[1]!).map((entry, at) => ({ ...entry, index: at + 1 }));
      assert.deepEqual((await verifyAuditChain(doubled, sha256)).broken, { index: 3, fault: 'hash' });
      const cut = await verifyAuditChain(entries.slice(0, 4), sha256);
      assert.deepEqual([cut.verified, cut.broken], [4, undefined]);
      assert.notDeepEqual(cut.head, whole.head);
    });

    it('keeps application events in order', async (database) => {
      const event = (eventId: number, variables: string[]) =>
        ({
          time: time(eventId),
          source: 'Microsoft-Windows-CertificationAuthority',
          eventId,
          level: 'error',
          text: `é ${eventId}`,
          variables,
        }) as const;
      await database.commit([{ append: 'Events', record: event(21, ['4', 'x']) }]);
      await database.commit([{ append: 'Events', record: event(53, []) }]);
      assert.deepEqual(await collect(database.events()), [
        { index: 1, ...event(21, ['4', 'x']) },
        { index: 2, ...event(53, []) },
      ]);
    });
  });

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
