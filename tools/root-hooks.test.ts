import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..');

/** All unit tests run in one process: what a file says of each test, outside of a suite, it says of those of every file. */
test('no unit test has a hook around the tests of others', () => {
  const files = globSync('{src,tools}/**/*.test.ts', { cwd: ROOT });
  const around = files.filter((file) => /^(?:beforeEach|afterEach)\(/m.test(readFileSync(join(ROOT, file), 'utf8')));
  assert.deepEqual(around, []);
});
