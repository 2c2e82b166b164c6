/** docs/operations/pkcs11.md, as a reader would type it: softhsm2-util makes its token. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runWalkthrough } from '#test/support/walkthrough';
import { noToken } from '../support/soft-token.ts';

const soft = noToken();
after(() => soft.remove());

test('docs/operations/pkcs11.md does what it says', async () => {
  const path = join(import.meta.dirname, '..', '..', 'docs', 'operations', 'pkcs11.md');
  assert.ok((await runWalkthrough(path)) > 0, 'a page without commands');
});
