/** docs/operations/pkcs11.md and hsm-move.md, as a reader would type them: softhsm2-util makes their tokens. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runWalkthrough } from '#test/support/walkthrough';
import { noToken } from '../support/soft-token.ts';

const soft = noToken();
after(() => soft.remove());

for (const name of ['pkcs11.md', 'hsm-move.md']) {
  test(`docs/operations/${name} does what it says`, async () => {
    const path = join(import.meta.dirname, '..', '..', 'docs', 'operations', name);
    assert.ok((await runWalkthrough(path)) > 0, 'a page without commands');
  });
}
