import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { verifyAuditChain } from '#ca/audit/chain';
import type { Write } from '#ca/ports';
import type { ColumnValue } from '#ca/schema/column';
import { DB_DISP } from '#ca/schema/dispositions';
import { TABLES } from '#ca/schema/tables';
import type { HresultError } from '#hresult/hresult-error';
import {
  auditWrite,
  collect,
  failsWith,
  insertRequest,
  type OpenDatabase,
  sha256,
  time,
  withDatabase,
} from './fixtures.ts';

export function unitsSuite(name: string, open: OpenDatabase): void {
  const it = withDatabase(open);

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
}
