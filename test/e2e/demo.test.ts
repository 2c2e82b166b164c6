import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const DEMO = join(import.meta.dirname, '..', '..', 'src', 'bin', 'demo.ts');

test('the demo archives a key and gives it back, in at most 40 lines', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [DEMO], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const lines = stdout.trimEnd().split('\n');
  assert.ok(lines.length <= 40, `${lines.length} lines`);
  assert.match(lines.at(-1)!, /the letter is the same, byte for byte/);
});
