import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareText, foldAscii } from './text-order.ts';

const text = fc.string({
  unit: fc.constantFrom('a', 'B', 'é', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{1f511}'),
});

test('the order of texts is that of their UTF-8 bytes', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(Math.sign(compareText(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { seed: 34, numRuns: 500 },
  );
});

test('folding ASCII leaves every other letter alone', () => {
  assert.equal(foldAscii('ÄBC-\u0130\u212a@[`xyz'), 'Äbc-\u0130\u212a@[`xyz');
});
