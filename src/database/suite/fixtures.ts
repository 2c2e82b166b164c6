/** What the suites of the database share. */
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { CaDatabase, Write } from '#ca/ports';
import type { ColumnValue } from '#ca/schema/column';
import type { HresultSymbol } from '#hresult/codes';
import { type HresultError, isHresult } from '#hresult/hresult-error';

export const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest());
export const time = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

export function failsWith(symbol: HresultSymbol, detail = /(?:)/) {
  return (error: unknown) => isHresult(error, symbol) && detail.test((error as HresultError).detail ?? '');
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export function insertRequest(RequestID: number, row: Record<string, ColumnValue> = {}): Write {
  return { insert: 'Requests', row: { RequestID, ...row } };
}

export function auditWrite(eventId: number, value = 'x'): Write {
  const fields = [['RequestId', value] as const, ['Requester', 'CONTOSO\\ännchen'] as const];
  return {
    append: 'Audit',
    record: { time: time(eventId), eventId, subject: 'CONTOSO\\bob', outcome: 'success', fields },
  };
}

/** Makes an empty database. */
export type OpenDatabase = () => Promise<CaDatabase>;

/** A test with a database of its own. */
export function withDatabase(open: OpenDatabase) {
  return (title: string, run: (database: CaDatabase) => Promise<void>): void => {
    test(title, async () => {
      const database = await open();
      try {
        await run(database);
      } finally {
        await database.close();
      }
    });
  };
}
