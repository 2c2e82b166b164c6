import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boolean, bytes, date, either, list, literal, nothing, optional, record, text, whole } from './shape.ts';

const REFUSED = { symbol: 'ERROR_INVALID_PARAMETER' };

test('each shape takes its own kind and no other', () => {
  const kinds: readonly (readonly [name: string, good: unknown])[] = [
    ['text', 'a'],
    ['whole', 7],
    ['boolean', false],
    ['bytes', Uint8Array.of(1)],
    ['date', new Date(0)],
    ['nothing', null],
  ];
  const shapes = { text, whole, boolean, bytes, date, nothing } as const;
  for (const [name, shape] of Object.entries(shapes))
    for (const [kind, value] of kinds) {
      if (kind === name) assert.deepEqual(shape.read(value, 'x'), value);
      else assert.throws(() => shape.read(value, 'x'), REFUSED, `${name} took ${kind}`);
    }
  for (const value of [1.5, Number.MAX_SAFE_INTEGER + 1, Number.NaN])
    assert.throws(() => whole.read(value, 'x'), REFUSED);
});

test('an object has the members it should have', () => {
  const shape = record<{ a: string; b?: number }>({ a: text, b: optional(whole) });
  assert.deepEqual(shape.read({ a: 'x' }, 'it'), { a: 'x' });
  assert.deepEqual(shape.read({ a: 'x', b: 1 }, 'it'), { a: 'x', b: 1 });
  for (const value of [
    {},
    { a: 1 },
    { a: 'x', b: 'y' },
    { a: 'x', c: 1 },
    [],
    null,
    'a',
    new Date(),
    new Map([['a', 'x']]),
  ])
    assert.throws(() => shape.read(value, 'it'), REFUSED);
});

test('a member is its own, not one of all objects', () => {
  assert.throws(() => record<{ toString: string }>({ toString: text }).read({}, 'it'), REFUSED);
});

test('the error says where', () => {
  const shape = list(record<{ name: string }>({ name: text }));
  assert.throws(() => shape.read([{ name: 'a' }, { name: 1 }], 'Argument 1'), {
    detail: 'Argument 1[1].name is not a text.',
  });
});

test('of several shapes the first that fits', () => {
  const shape = either(whole, literal('all', 'none'));
  assert.equal(shape.read(3, 'x'), 3);
  assert.equal(shape.read('all', 'x'), 'all');
  assert.throws(() => shape.read('some', 'x'), REFUSED);
});
