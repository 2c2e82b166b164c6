import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ViewRow } from '#ca/ports';
import type { ColumnValue } from '#ca/schema/column';
import { mergeRows } from './merge-rows.ts';

async function* rows(...values: ColumnValue[]): AsyncGenerator<ViewRow> {
  for (const value of values) yield new Map([['c', value]]);
}

async function merged(descending: boolean, ...streams: ColumnValue[][]): Promise<ColumnValue[]> {
  const found: ColumnValue[] = [];
  const sort = { column: 'c', descending };
  for await (const row of mergeRows(
    streams.map((values) => rows(...values)),
    sort,
  ))
    found.push(row.get('c') ?? null);
  return found;
}

test('streams in order come out as one in order', async () => {
  assert.deepEqual(await merged(false, [1, 4, 9], [], [2, 3, 10, 11]), [1, 2, 3, 4, 9, 10, 11]);
  assert.deepEqual(await merged(true, [9, 4, 1], [10, 3]), [10, 9, 4, 3, 1]);
  assert.deepEqual(await merged(false, [null, 'B'], ['a', 'c']), [null, 'a', 'B', 'c']);
  assert.deepEqual(await merged(true, ['c', null], ['B', null]), ['c', 'B', null, null]);
  assert.deepEqual(await merged(false, [new Date(1), new Date(3)], [new Date(2)]), [
    new Date(1),
    new Date(2),
    new Date(3),
  ]);
  assert.deepEqual(await merged(false), []);
});

test('a reader who stops ends all streams', async () => {
  let ended = 0;
  async function* endless(): AsyncGenerator<ViewRow> {
    try {
      for (let n = 0; ; n++) yield new Map([['c', n]]);
    } finally {
      ended++;
    }
  }
  for await (const row of mergeRows([endless(), endless()], { column: 'c', descending: false })) {
    if (row.get('c') === 5) break;
  }
  assert.equal(ended, 2);
});
