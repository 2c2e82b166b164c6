import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailureLimit } from './failure-limit.ts';

const LOCKED = { symbol: 'ERROR_ACCOUNT_LOCKED_OUT' };
const MINUTE = 60_000;

function fail(limit: FailureLimit, address: string, account: string, times: number): void {
  for (let i = 0; i < times; i++) limit.record(address, account);
}

test('ten failures from one place end it there, for a quarter of an hour', () => {
  let now = 0;
  const limit = new FailureLimit(() => now);
  fail(limit, '192.0.2.1', 'alice', 9);
  limit.require('192.0.2.1', 'alice');
  fail(limit, '192.0.2.1', 'ALICE', 1);
  assert.throws(() => limit.require('192.0.2.1', 'alice'), LOCKED);
  // She herself is elsewhere.
  limit.require('192.0.2.2', 'alice');
  limit.require('192.0.2.1', 'bob');
  now = 15 * MINUTE;
  limit.require('192.0.2.1', 'alice');
});

test('many places together end it for the account, many accounts for the place', () => {
  const limit = new FailureLimit(() => 0);
  for (let i = 0; i < 100; i++) fail(limit, `192.0.2.${i}`, 'alice', 1);
  assert.throws(() => limit.require('198.51.100.1', 'alice'), LOCKED);
  for (let i = 0; i < 100; i++) fail(limit, '203.0.113.1', `user${i}`, 1);
  assert.throws(() => limit.require('203.0.113.1', 'carol'), LOCKED);
});

test('a success forgets what was mistyped', () => {
  const limit = new FailureLimit(() => 0);
  fail(limit, '192.0.2.1', 'alice', 9);
  limit.clear('192.0.2.1', 'alice');
  fail(limit, '192.0.2.1', 'alice', 9);
  limit.require('192.0.2.1', 'alice');
});
