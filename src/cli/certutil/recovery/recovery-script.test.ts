import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { nodeEngine } from '#pki/crypto/node/engine';
import { randomPassword } from './random-password.ts';
import { type RecoveryScript, recoveryScript, scriptBaseName } from './recovery-script.ts';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-script-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const SCRIPT: RecoveryScript = {
  config: 'ca01.contoso.com\\Contoso CA',
  listing: ['"ca01.contoso.com\\Contoso CA"'],
  keys: [{ serialNumber: '1a', version: 3 }],
  baseName: 'alice',
  command: ['certutil'],
  provider: undefined,
  overwrite: false,
  passwords: { temporary: 'aaaaaaaaaaaaaaaa', merged: 'bbbbbbbbbbbbbbbb' },
};

/** Runs it with a certutil that fails, and answers the folder's files. */
function run(script: Partial<RecoveryScript>): { status: number | null; files: string[] } {
  writeFileSync(join(folder, 'certutil'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
  writeFileSync(join(folder, 'script.sh'), recoveryScript({ ...SCRIPT, ...script }).join('\n'));
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
  const { status } = spawnSync('/bin/sh', ['script.sh'], { cwd: folder, env });
  return { status, files: readdirSync(folder).sort() };
}

test('what a requester had written into his subject stays in the comment', () => {
  const listing = ['  Subject: CN=x\ntouch owned', '  Subject: CN=y\r\ntouch owned', '$(touch owned)`touch owned`'];
  const { status, files } = run({ listing });
  assert.equal(status, 3);
  assert.deepEqual(files, ['certutil', 'script.sh']);
});

test('names with quotes and blanks are words of the shell', () => {
  const awkward = {
    config: "ca01\\Alice's $(touch owned) CA",
    command: ['node', "/no where's/certhaven.js", 'certutil'],
  };
  execFileSync('/bin/sh', ['-n'], { input: recoveryScript({ ...SCRIPT, ...awkward }).join('\n') });
  assert.deepEqual(run({ ...awkward, command: ['certutil'], provider: "it's" }).files, ['certutil', 'script.sh']);
  assert.equal(existsSync(join(folder, 'owned')), false);
});

test('the name of the files', () => {
  assert.equal(scriptBaseName('alice'), 'alice');
  assert.equal(scriptBaseName('alice@contoso.com'), 'alice');
  assert.equal(scriptBaseName('Alice B. Müller'), 'Alice_B._M_ller');
  assert.equal(scriptBaseName('../../etc/passwd'), 'etc_passwd');
  assert.equal(scriptBaseName('-rf'), 'rf');
  for (const name of [undefined, '', '日本', '@']) assert.equal(scriptBaseName(name), 'user');
});

test('passwords: sixteen characters, none of which a shell or -p takes for its own', () => {
  const seen = new Set(Array.from({ length: 200 }, () => randomPassword((length) => nodeEngine.random(length))));
  assert.equal(seen.size, 200);
  for (const password of seen) assert.match(password, /^[A-Za-z0-9][A-Za-z0-9_.+=:-]{15}$/);
  // Octets past the last whole multiple of the alphabet are passed over.
  assert.equal(
    randomPassword((length) => Uint8Array.from({ length }, (_, index) => (index % 2 === 0 ? 255 : 0))),
    'A'.repeat(16),
  );
});
