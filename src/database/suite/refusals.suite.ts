import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { Write } from '#ca/ports';
import { DB_DISP } from '#ca/schema/dispositions';
import { failsWith, insertRequest, type OpenDatabase, withDatabase } from './fixtures.ts';

export function refusalsSuite(name: string, open: OpenDatabase): void {
  const it = withDatabase(open);

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
        failsWith('CERTSRV_E_BAD_REQUESTSTATUS', /^A key is archived for the request\.$/),
      );
      await assert.rejects(
        database.commit([{ delete: 'Requests', RequestID: 2 }]),
        failsWith('CERTSRV_E_BAD_REQUESTSTATUS', /^The request is being signed\.$/),
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
}
