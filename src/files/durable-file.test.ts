import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import {
  isFreePlace,
  listDirectory,
  makeDirectory,
  makeDirectoryOfFiles,
  makePrivateDirectory,
  readWholeFile,
  removeDirectory,
  removeFile,
  replaceFile,
  shredFile,
  sweepDirectory,
  writeNewFile,
} from './durable-file.ts';
import { linesBeforeKill } from './killed-writer.suite.ts';

const root = mkdtempSync(join(tmpdir(), 'certhaven-files-'));
after(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
function folder(): string {
  const path = join(root, String(made++));
  mkdirSync(path);
  return path;
}
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('durable files', () => {
  it('are written once, replaced, read and removed', async () => {
    const directory = folder();
    const path = join(directory, 'a');
    assert.equal(await readWholeFile(path, 10), undefined);
    assert.equal(await writeNewFile(path, text('one')), true);
    assert.equal(await writeNewFile(path, text('two')), false);
    assert.deepEqual(await readWholeFile(path, 10), text('one'));
    assert.equal(statSync(path).mode & 0o777, 0o600);
    await replaceFile(path, text('three'), 0o644);
    assert.deepEqual(await readWholeFile(path, 5), text('three'));
    await assert.rejects(readWholeFile(path, 4), (error) => isHresult(error, 'ERROR_INVALID_DATA'));
    assert.deepEqual(readdirSync(directory), ['a']);
    assert.equal(await removeFile(path), true);
    assert.equal(await removeFile(path), false);
    assert.deepEqual(readdirSync(directory), []);
  });

  it('are gone when they are shredded, with what lay under other names', async () => {
    const directory = folder();
    const path = join(directory, 'a');
    await writeNewFile(path, text('secret'));
    assert.equal(await shredFile(path), true);
    assert.equal(await shredFile(path), false);
    assert.deepEqual(readdirSync(directory), []);
  });

  it('come and go as directories', async () => {
    const directory = folder();
    const entry = join(directory, 'entry');
    const files = new Map([['x', text('1')]]);
    assert.equal(await makeDirectoryOfFiles(entry, files, 0o644), true);
    assert.equal(await makeDirectoryOfFiles(entry, new Map([['y', text('2')]])), false);
    assert.deepEqual(readdirSync(entry), ['x']);
    assert.equal(statSync(entry).mode & 0o777, 0o755);
    assert.deepEqual(await listDirectory(directory), ['entry']);
    assert.equal(await removeDirectory(entry), true);
    assert.equal(await removeDirectory(entry), false);
    assert.deepEqual(readdirSync(directory), []);
    assert.deepEqual(await listDirectory(entry), []);
  });

  it('lie in directories that only their owner enters, also where others made them', async () => {
    const directory = join(folder(), 'deep', 'er');
    await makeDirectory(directory);
    chmodSync(directory, 0o755);
    await makePrivateDirectory(directory);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
  });

  it('that cannot be written fail with a code', async () => {
    const directory = folder();
    writeFileSync(join(directory, 'file'), '');
    const inFile = join(directory, 'file', 'a');
    await assert.rejects(writeNewFile(inFile, text('x')), (error) => isHresult(error, 'ERROR_PATH_NOT_FOUND'));
    await assert.rejects(makeDirectory(join(directory, 'file')), (error) => isHresult(error, 'CRYPT_E_FILE_ERROR'));
    mkdirSync(join(directory, 'taken'));
    writeFileSync(join(directory, 'taken', 'x'), '');
    const folderOf = join(directory, 'taken');
    for (const work of [
      () => replaceFile(folderOf, text('x')),
      () => readWholeFile(folderOf, 100),
      () => isFreePlace(folderOf),
    ])
      await assert.rejects(work, (error) => isHresult(error, 'ERROR_ACCESS_DENIED'));
    await assert.rejects(isFreePlace(inFile), (error) => isHresult(error, 'ERROR_PATH_NOT_FOUND'));
    await assert.rejects(isFreePlace(join(directory, 'none', 'a')), (error) =>
      isHresult(error, 'ERROR_PATH_NOT_FOUND'),
    );
    assert.equal(await isFreePlace(join(directory, 'file')), false);
    assert.equal(await isFreePlace(join(directory, 'free')), true);
    assert.deepEqual(readdirSync(directory).sort(), ['file', 'taken']);
  });

  it('left unfinished are not seen, and swept after a day', async () => {
    const directory = folder();
    const [fresh, old] = [join(directory, '.aside-fresh'), join(directory, '.aside-old')];
    for (const path of [fresh, old]) writeFileSync(path, 'half');
    mkdirSync(join(directory, '.aside-tree'));
    const yesterday = new Date(Date.now() - 25 * 3600 * 1000);
    for (const path of [old, join(directory, '.aside-tree')]) utimesSync(path, yesterday, yesterday);
    assert.deepEqual(await listDirectory(directory), []);
    await sweepDirectory(directory);
    assert.deepEqual(readdirSync(directory), ['.aside-fresh']);
    await sweepDirectory(join(directory, 'none'));
  });

  const program = `
    import { makeDirectoryOfFiles, replaceFile, writeNewFile } from '${new URL('./durable-file.ts', import.meta.url)}';
    const directory = process.argv[1];
    const size = 100_000;
    for (let n = 1; ; n++) {
      const content = new Uint8Array(size).fill(n);
      await replaceFile(directory + '/replaced', content);
      await writeNewFile(directory + '/new' + n, content);
      await makeDirectoryOfFiles(directory + '/entry' + n, new Map([['a', content], ['b', content]]));
      console.log(n);
    }`;

  for (const lines of [1, 3, 8]) {
    it(`are whole after kill -9 (after ${lines} rounds)`, async () => {
      const directory = folder();
      const done = await linesBeforeKill(program, [directory], lines);
      const last = Number(done.at(-1));
      assert.ok(last >= lines);
      const isWhole = (path: string): boolean => {
        const content = readFileSync(path);
        return content.length === 100_000 && content.every((octet) => octet === content[0]);
      };
      for (const name of await listDirectory(directory)) {
        const path = join(directory, name);
        if (!name.startsWith('entry')) assert.ok(isWhole(path), name);
        else for (const file of ['a', 'b']) assert.ok(isWhole(join(path, file)), `${name}/${file}`);
      }
      assert.ok(readFileSync(join(directory, 'replaced'))[0]! >= last);
      for (let n = 1; n <= last; n++) {
        assert.ok(existsSync(join(directory, `new${n}`)) && existsSync(join(directory, `entry${n}`)), String(n));
      }
    });
  }
});
