import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HresultError, hresult } from '#hresult/hresult-error';
import { JsonRows, writeJsonRows } from './json-rows.ts';

async function written(count: number, thrown?: unknown) {
  let text = '';
  async function* rows() {
    for (let n = 1; n <= count; n++) yield { n };
    if (thrown) throw thrown;
    return { total: count };
  }
  const failure = await writeJsonRows(
    'kra',
    new JsonRows('keys', rows()),
    (part) => {
      text += part;
    },
    (error) => {
      if (error instanceof HresultError) return { error, json: { symbol: error.symbol } };
      throw error;
    },
  );
  return { value: JSON.parse(text) as unknown, failure };
}

test('rows are one JSON value, whole also where reading them fails in the middle', async () => {
  assert.deepEqual((await written(0)).value, { command: 'kra', ok: true, result: { keys: [], total: 0 } });
  assert.deepEqual((await written(2)).value, {
    command: 'kra',
    ok: true,
    result: { keys: [{ n: 1 }, { n: 2 }], total: 2 },
  });
  const failed = await written(1, hresult('ERROR_ACCESS_DENIED'));
  assert.deepEqual(failed.value, {
    command: 'kra',
    ok: false,
    result: { keys: [{ n: 1 }] },
    error: { symbol: 'ERROR_ACCESS_DENIED' },
  });
  assert.equal(failed.failure?.symbol, 'ERROR_ACCESS_DENIED');
  await assert.rejects(written(1, new TypeError('ours')), TypeError);
});
