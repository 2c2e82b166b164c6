import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isHresult } from '#hresult/hresult-error';
import { NodeFiles } from './node-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'console-'));
test.after(() => rmSync(directory, { recursive: true }));

/** Runs a line of code with a console of its own process. */
function withConsole(code: string, input: string): { out: string; status: number | null } {
  const script = join(import.meta.dirname, 'node-console.ts');
  const module = `import { NodeConsole } from ${JSON.stringify(script)}; const console = new NodeConsole(); ${code}`;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', module], {
    input,
    cwd: directory,
  });
  return { out: stdout.toString(), status };
}

test('questions are answered by the lines of a pipe, until it ends', () => {
  const code = `
    process.stdout.write(String(console.isInteractive) + '\\n');
    process.stdout.write('[' + (await console.prompt('First:')) + ']\\n');
    process.stdout.write('[' + (await console.prompt('Second:', { hidden: true })) + ']\\n');
    await console.prompt('Aside:', { aside: true });
    await console.prompt('Third:').catch((error) => process.stdout.write(error.symbol + '\\n'));`;
  assert.equal(
    withConsole(code, 'one\r\n two \nthree\n').out,
    'false\nFirst:\n[one]\nSecond:\n[ two ]\nThird:\nERROR_CANCELLED\n',
  );
});

test('redirected output in Unicode begins with its mark, and is little-endian throughout', () => {
  const script = join(import.meta.dirname, '..', '..', 'bin', 'certhaven.ts');
  const error = (...options: string[]) =>
    spawnSync(process.execPath, [script, 'certutil', '-error', '5', ...options]).stdout;
  const unicode = error('-Unicode');
  assert.deepEqual([...unicode.subarray(0, 4)], [0xff, 0xfe, 0x30, 0]);
  assert.equal(unicode.subarray(2).toString('utf16le'), error().toString('utf8'));
  assert.deepEqual(
    JSON.parse(error('-Unicode', '--json').subarray(2).toString('utf16le')),
    JSON.parse(String(error('--json'))),
  );
});

test('files are read, and written once', async () => {
  const files = new NodeFiles(directory);
  const content = Uint8Array.of(1, 2, 3);
  await files.writeFile('a.bin', content);
  assert.deepEqual(new Uint8Array(await files.readFile('a.bin')), content);
  assert.deepEqual(new Uint8Array(await files.readFile(join(directory, 'a.bin'))), content);
  await assert.rejects(files.writeFile('a.bin', Uint8Array.of(9)), (error) => isHresult(error, 'ERROR_FILE_EXISTS'));
  assert.deepEqual(new Uint8Array(readFileSync(join(directory, 'a.bin'))), content);
  await files.writeFile('a.bin', Uint8Array.of(9), { overwrite: true });
  assert.deepEqual(new Uint8Array(await files.readFile('a.bin')), Uint8Array.of(9));
  await assert.rejects(files.readFile('nowhere'), (error) => isHresult(error, 'ERROR_FILE_NOT_FOUND'));
  await assert.rejects(files.writeFile('no/where', content), (error) => isHresult(error, 'ERROR_PATH_NOT_FOUND'));
});

test('a file with a key is its owner’s alone, also where another file was before', async () => {
  const files = new NodeFiles(directory);
  const mode = (name: string) => statSync(join(directory, name)).mode & 0o777;
  await files.writeFile('key.pfx', Uint8Array.of(1), { mode: 0o600 });
  assert.equal(mode('key.pfx'), 0o600);
  writeFileSync(join(directory, 'open.pfx'), 'x', { mode: 0o644 });
  await files.writeFile('open.pfx', Uint8Array.of(1), { mode: 0o600, overwrite: true });
  assert.equal(mode('open.pfx'), 0o600);
});
