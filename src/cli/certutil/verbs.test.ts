import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CERTUTIL_OPTIONS } from './options.ts';
import { CERTUTIL_VERBS } from './verbs.ts';

test('the table of verbs is sound', () => {
  const seen = new Set<string>();
  for (const { verb, canonical, usage, minArgs, maxArgs, options } of CERTUTIL_VERBS) {
    assert.equal(verb, canonical.toLowerCase());
    assert.ok(!seen.has(verb), verb);
    seen.add(verb);
    assert.ok(usage.length > 0 && minArgs <= maxArgs, verb);
    for (const option of options) assert.ok(option in CERTUTIL_OPTIONS, `${verb}: ${option}`);
  }
});

test('verbs of one group stand together', () => {
  const groups = CERTUTIL_VERBS.map(({ group }) => group).filter((group, i, all) => group !== all[i - 1]);
  assert.equal(new Set(groups).size, groups.length);
});

test('each verb has its module', async () => {
  for (const { verb, load } of CERTUTIL_VERBS) assert.equal(typeof (await load()).run, 'function', verb);
});
