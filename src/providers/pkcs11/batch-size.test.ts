import assert from 'node:assert/strict';
import { it } from 'node:test';
import { batchSize, mean, usefulSessions } from './batch-size.ts';

it('leaves slow operations to a thread each, however many wait', () => {
  assert.equal(batchSize(undefined, 100, 4), 1);
  assert.equal(batchSize(2, 100, 4), 1);
  assert.equal(usefulSessions(2, 4, 2), 4);
  assert.equal(usefulSessions(undefined, 4, 2), 4);
});

it('sends quick ones together, a fair share to each processor, and no more than three milliseconds of work', () => {
  assert.equal(usefulSessions(0.1, 4, 2), 2);
  assert.equal(usefulSessions(0.1, 4, 8), 4);
  assert.equal(batchSize(0.1, 4, 4), 1);
  assert.equal(batchSize(0.1, 4, 2), 2);
  assert.equal(batchSize(0.1, 24, 4), 6);
  assert.equal(batchSize(0.1, 400, 4), 30);
  assert.equal(batchSize(0.6, 100, 4), 5);
  assert.equal(batchSize(0.6, 4, 4), 1);
  assert.equal(batchSize(0.001, 4000, 4), 64);
});

it('follows what they take', () => {
  assert.equal(mean(undefined, 3), 3);
  assert.equal(mean(8, 16), 9);
});
