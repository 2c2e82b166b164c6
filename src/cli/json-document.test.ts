import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from './certhaven/commands.ts';
import { CERTREQ_VERBS } from './certreq/verbs.ts';
import { CERTUTIL_VERBS } from './certutil/verbs.ts';

test('docs/json.md tells what every verb and command prints', () => {
  const lines = readFileSync(join(import.meta.dirname, '../../docs/json.md'), 'utf8').split('\n');
  // A row of a table, a section, or a sentence that begins with the verb.
  const told = lines.map((line) => /^(?:\| |#+ |`)([^|:]*)/.exec(line)?.[1]).filter((head) => head !== undefined);
  const names = [...CERTUTIL_VERBS, ...CERTREQ_VERBS].map(({ canonical }) => `-${canonical}`);
  const missing = [...names, ...COMMANDS.map(({ name }) => name)].filter(
    (name) => !told.some((head) => head.split(/[\s,`]+/).includes(name)),
  );
  assert.deepEqual(missing, []);
});
