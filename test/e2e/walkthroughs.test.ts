import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runWalkthrough } from '#test/support/walkthrough';

const DOCS = join(import.meta.dirname, '..', '..', 'docs');

/** Of docs/operations, the pages that are sessions. */
const SESSIONS = [
  'walkthroughs/*.md',
  'operations/csp-to-ksp.md',
  'operations/key-spec.md',
  'operations/doctor.md',
  'operations/server-move.md',
];

for (const name of globSync(SESSIONS, { cwd: DOCS }).sort()) {
  test(`docs/${name} does what it says`, async () => {
    assert.ok((await runWalkthrough(join(DOCS, name))) > 0, 'a walkthrough without commands');
  });
}
