import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readJsonFile, writeJsonFile } from './json-file.ts';

let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'json-file-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('what was written is read, by its owner alone', async () => {
  const path = join(folder, 'a.json');
  assert.equal(await readJsonFile(path, ''), undefined);
  await writeJsonFile(path, { a: [1, 'ü'] });
  assert.deepEqual(await readJsonFile(path, ''), { a: [1, 'ü'] });
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a damaged one is told with what to do', async () => {
  const path = join(folder, 'b.json');
  for (const content of ['', '{', '\0\0\0\0', '[1,']) {
    writeFileSync(path, content);
    await assert.rejects(readJsonFile(path, 'make it anew'), { symbol: 'ERROR_INVALID_DATA', hint: 'make it anew' });
  }
});
