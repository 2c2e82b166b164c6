import type { ViewQuery, ViewRow } from '#ca/ports';
import type { ColumnValue } from '#ca/schema/column';

type Sort = NonNullable<ViewQuery['sort']>;

/** Streams that are each in the order of `sort`, as one; equal rows come in the order of the streams. */
export async function* mergeRows(streams: readonly AsyncIterable<ViewRow>[], sort: Sort): AsyncGenerator<ViewRow> {
  const readers = streams.map((stream) => stream[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(readers.map((reader) => reader.next()));
    for (;;) {
      let first = -1;
      for (const [index, { done, value }] of heads.entries()) {
        if (!done && (first < 0 || compare(value, heads[first]!.value as ViewRow, sort) < 0)) first = index;
      }
      if (first < 0) return;
      yield heads[first]!.value as ViewRow;
      heads[first] = await readers[first]!.next();
    }
  } finally {
    await Promise.all(readers.map((reader) => reader.return?.()));
  }
}

/** As the database sorts: empty columns first, letters without regard to case; all of it turned round where it descends. */
function compare(a: ViewRow, b: ViewRow, { column, descending }: Sort): number {
  const order = compareValues(a.get(column) ?? null, b.get(column) ?? null);
  return descending ? -order : order;
}

function compareValues(a: ColumnValue, b: ColumnValue): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  const [left, right] = [sortable(a), sortable(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Binary columns stand where they stand: nobody reads an order out of them. */
function sortable(value: NonNullable<ColumnValue>): string | number {
  if (value instanceof Uint8Array) return 0;
  if (value instanceof Date) return value.getTime();
  return typeof value === 'string' ? value.toLowerCase() : value;
}
