import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runWalkthrough } from '#test/support/walkthrough';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'walkthroughs');

for (const name of globSync('*.md', { cwd: FOLDER }).sort()) {
  test(`docs/walkthroughs/${name} does what it says`, async () => {
    assert.ok((await runWalkthrough(join(FOLDER, name))) > 0, 'a walkthrough without commands');
  });
}
