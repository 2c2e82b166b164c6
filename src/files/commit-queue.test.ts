import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitQueue } from './commit-queue.ts';

test('units of one turn go together and in order; those that arrive meanwhile are the next group', async () => {
  const groups: number[][] = [];
  const queue = new CommitQueue<number>((units) => {
    groups.push([...units]);
    return units.map(() => undefined);
  });
  const second = queue.push(1).then(() => queue.push(4));
  await Promise.all([second, queue.push(2), queue.push(3)]);
  assert.deepEqual(groups, [[1, 2, 3], [4]]);
});

test('a burst is committed in bounded groups', async () => {
  const sizes: number[] = [];
  const queue = new CommitQueue<number>((units) => {
    sizes.push(units.length);
    return units.map(() => undefined);
  });
  await Promise.all(Array.from({ length: 1200 }, (_, unit) => queue.push(unit)));
  assert.deepEqual(sizes, [512, 512, 176]);
});

test('an outcome fails one unit, a throw fails the group, and the next group goes on', async () => {
  const queue = new CommitQueue<string>((units) => {
    if (units.includes('disk full')) throw new Error('all');
    return units.map((unit) => (unit === 'bad' ? new Error('one') : undefined));
  });
  const outcomes = async (...units: string[]) =>
    (await Promise.allSettled(units.map((unit) => queue.push(unit)))).map((outcome) =>
      outcome.status === 'rejected' ? (outcome.reason as Error).message : 'written',
    );
  assert.deepEqual(await outcomes('good', 'bad', 'good'), ['written', 'one', 'written']);
  assert.deepEqual(await outcomes('good', 'disk full', 'good'), ['all', 'all', 'all']);
  assert.deepEqual(await outcomes('good'), ['written']);
});

test('closing commits what waits', async () => {
  const groups: number[][] = [];
  const queue = new CommitQueue<number>((units) => {
    groups.push([...units]);
    return units.map(() => undefined);
  });
  const waiting = queue.push(1);
  await queue.close();
  assert.deepEqual(groups, [[1]]);
  await waiting;
  await assert.rejects(queue.push(2), { symbol: 'ERROR_INVALID_HANDLE' });
});

test('what arrives while a group is being written elsewhere is the next group, and closing waits for all', async () => {
  const groups: number[][] = [];
  const writing: (() => void)[] = [];
  const queue = new CommitQueue<number>((units) => {
    groups.push([...units]);
    return new Promise((resolve) =>
      writing.push(() => resolve(units.map((unit) => (unit < 0 ? new Error('bad') : undefined)))),
    );
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const first = queue.push(1);
  await turn();
  const rest = Promise.allSettled([queue.push(2), queue.push(-3)]);
  await turn();
  assert.deepEqual(groups, [[1]]);
  let isClosed = false;
  const closing = queue.close().then(() => (isClosed = true));
  writing[0]!();
  await first;
  await turn();
  assert.deepEqual(groups, [[1], [2, -3]]);
  assert.equal(isClosed, false);
  writing[1]!();
  assert.deepEqual(
    (await rest).map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  await closing;
});
