import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { IterationBudget } from './iteration-budget.ts';

const isRefused = (error: unknown) => isHresult(error, 'ERROR_INVALID_DATA');

test('one derivation may not ask for more than its share', () => {
  const budget = new IterationBudget({ each: 100, total: 1000 });
  budget.spend(100, 2);
  for (const iterations of [101, 0, -1, 0x7fffffff]) assert.throws(() => budget.spend(iterations), isRefused);
});

test('all derivations together may not ask for more than the file has', () => {
  const budget = new IterationBudget({ each: 100, total: 300 });
  budget.spend(100, 2);
  budget.spend(100);
  assert.throws(() => budget.spend(1), isRefused);
});
