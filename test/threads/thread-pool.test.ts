/** Threads that hang: `ThreadPool` with a `Patience`. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hresult } from '#hresult/hresult-error';
import { ThreadPool } from '#threads/thread-pool';
import type { GateCall } from './gate.thread.ts';

const gates: Int32Array[] = [];
const pools: ThreadPool<GateCall, string>[] = [];
const patience = { milliseconds: 2000, error: () => hresult('ERROR_TIMEOUT') };

function gate(): Int32Array {
  const made = new Int32Array(new SharedArrayBuffer(4));
  gates.push(made);
  return made;
}

function open(opened: Int32Array): void {
  Atomics.store(opened, 0, 1);
  Atomics.notify(opened, 0);
}

function pool(size: number) {
  const late: unknown[] = [];
  const made = new ThreadPool<GateCall, string>('gate', import.meta.url, {
    size,
    onLate: (result) => late.push(result),
  });
  pools.push(made);
  const call = (given: GateCall) => made.call(given, [], patience);
  return { pool: made, late, call };
}

after(async () => {
  for (const closed of gates) open(closed);
  await Promise.all(pools.map((each) => each.close()));
});

describe('a thread that hangs', () => {
  it('fails its call, has another in its place, and comes back with its answer', async () => {
    const { pool: threads, late, call } = pool(1);
    const closed = gate();
    await assert.rejects(call({ name: 'hangs', gate: closed }), { symbol: 'ERROR_TIMEOUT' });
    assert.ok(threads.hasHanging);
    assert.equal(await call({ name: 'served' }), 'served');
    open(closed);
    while (threads.hasHanging) await sleep(10);
    assert.deepEqual(late, ['hangs']);
    assert.equal(await call({ name: 'after' }), 'after');
  });

  it('is not one that moves, however long it takes', async () => {
    const { pool: threads, call } = pool(1);
    assert.equal(await call({ name: 'slow', gate: gate(), moves: 60 }), 'slow');
    assert.ok(!threads.hasHanging);
  });

  it('keeps those behind it no longer', async () => {
    const { call } = pool(1);
    const behind = [call({ name: 'hangs', gate: gate() }), call({ name: 'behind' })];
    for (const waiting of await Promise.allSettled(behind)) assert.equal(waiting.status, 'rejected');
  });

  it('costs nobody any time once as many hang as there may be', async () => {
    const { call } = pool(1);
    for (let n = 0; n < 2; n++)
      await assert.rejects(call({ name: 'hangs', gate: gate() }), { symbol: 'ERROR_TIMEOUT' });
    let told = '';
    call({ name: 'refused' }).catch(({ symbol }) => {
      told = symbol;
    });
    await new Promise(setImmediate);
    assert.equal(told, 'ERROR_TIMEOUT');
  });

  it('is left behind by whoever closes the pool', async () => {
    const { pool: threads, call } = pool(2);
    const hanging = assert.rejects(call({ name: 'hangs', gate: gate() }), { symbol: 'ERROR_TIMEOUT' });
    await threads.close();
    await hanging;
    await assert.rejects(call({ name: 'too late' }), { symbol: 'ERROR_INVALID_HANDLE' });
  });
});
