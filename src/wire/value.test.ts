import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HresultError } from '#hresult/hresult-error';
import { formatValue, parseValue } from './value.ts';

const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.bigInt(),
  fc.uint8Array().map((bytes) => new Uint8Array(bytes)),
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31T23:59:59Z') }),
);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.dictionary(
      fc.string().filter((name) => !name.startsWith('$') && name !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;

test('a value arrives as it was sent', () => {
  fc.assert(
    fc.property(value, (sent) => {
      assert.deepStrictEqual(parseValue(formatValue(sent)), sent);
    }),
    { numRuns: 500, seed: 20261125 },
  );
});

test('what no API answers is a fault of ours', () => {
  for (const sent of [Number.NaN, Number.POSITIVE_INFINITY, () => 1, Symbol('s'), { $bytes: 'AA==' }])
    assert.throws(() => formatValue(sent), TypeError);
});

test('what is no message is refused', () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  const texts = [
    '',
    '{',
    '{"$bytes":"A"}',
    '{"$bytes":1}',
    '{"$bytes":"AA==","x":1}',
    '{"$date":"yesterday"}',
    '{"$date":"2026-11-25"}',
    '{"$integer":"1e9"}',
    '{"$map":[[1]]}',
    '{"$map":{}}',
    '{"$else":1}',
    deep,
  ];
  for (const text of texts) assert.throws(() => parseValue(text), { symbol: 'ERROR_INVALID_DATA' }, text.slice(0, 40));
});

test('mutated messages are refused or read, and nothing else', () => {
  const sent = formatValue([{ request: Uint8Array.of(1, 2, 3), when: new Date(0), rows: new Map([['a', 1n]]) }]);
  fc.assert(
    fc.property(fc.nat(sent.length - 1), fc.string({ minLength: 1, maxLength: 3 }), (at, noise) => {
      try {
        parseValue(sent.slice(0, at) + noise + sent.slice(at + 1));
      } catch (error) {
        assert.ok(error instanceof HresultError, String(error));
      }
    }),
    { numRuns: 2000, seed: 20261125 },
  );
});

test('no message changes the prototype of what it becomes', () => {
  const read = parseValue('{"__proto__":{"isOfficer":true}}') as Record<string, unknown>;
  assert.equal(read['isOfficer'], undefined);
  assert.equal(Object.getPrototypeOf(read), Object.prototype);
});
