import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { verifyAuditChain } from '#ca/audit/chain';
import type { Write } from '#ca/ports';
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

export function recordsSuite(name: string, open: OpenDatabase): void {
  const it = withDatabase(open);

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
      // A unit that fails leaves them as they were, whatever was read in between.
      await assert.rejects(
        database.commit([
          { remove: 'Registry', path: 'CSP', name: 'Value0' },
          { update: 'Requests', RequestID: 999, set: { StatusCode: 0 } },
        ]),
      );
      assert.equal((await read()).size, 3);
      assert.equal(await database.registry(), await database.registry());
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
}
