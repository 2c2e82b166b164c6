/** `certhaven migrate keys` as a process that is killed: what the next command says, and how it is ended. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { PROGRAM, writeTools } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-migrate-'));
const home = join(folder, 'home');
const saved = join(folder, 'saved');
const env = {
  ...process.env,
  PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
  CERTHAVEN_HOME: home,
  CERTHAVEN_MACHINE: 'ca01.contoso.com',
  CERTHAVEN_USER: '',
};
const MOVE = ['migrate', 'keys', '--to', 'KSP', '--password-file', 'password', '--yes'];

function run(tool: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(tool, args, { cwd: folder, env, encoding: 'utf8', input: '' });
  return { status, stdout, stderr };
}

before(async () => {
  await writeTools(join(folder, 'bin'));
  const csp = ['--provider', 'Microsoft Strong Cryptographic Provider', '--hash', 'SHA1', '--key', 'RSA:1024'];
  const { status, stderr } = run('certhaven', 'install-ca', '--name', 'Contoso CA', '--domain', 'contoso.com', ...csp);
  assert.equal(status, 0, stderr);
  writeFileSync(join(folder, 'password'), 'moving house\n', { mode: 0o600 });
  cpSync(home, saved, { recursive: true });
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Killed as soon as it has said so. */
async function killedAt(line: RegExp, ...options: string[]): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, ...MOVE, ...options], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (line.test(printed)) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  assert.match(printed, line);
}

const providers = () =>
  [...run('certutil', '-store', 'my').stdout.matchAll(/Key Container = Contoso CA\n.*\n {2}Provider = (.*)/g)].map(
    ([, name]) => name,
  );

test('another move is refused; the CA answers; --undo leaves it as it was', async () => {
  await killedAt(/^Backup written/m);
  const again = run('certhaven', 'migrate', 'keys', '--to', 'KSP', '--json');
  assert.equal(again.status, 0xaa);
  assert.match(again.stdout, /"symbol": "ERROR_BUSY"/);
  assert.equal(run('certutil', '-ping').status, 0);
  for (const reuse of [[], ['ReuseKeys']]) {
    const renewed = run('certutil', '-renewCert', ...reuse);
    assert.match(renewed.stderr, /A move of keys was begun/);
    assert.match(renewed.stdout, /0x800700aa/);
  }
  const undone = run('certhaven', 'migrate', 'keys', '--undo');
  assert.match(undone.stdout, /Everything is as it was before the move\.\n$/, undone.stderr);
  assert.deepEqual(providers(), ['Microsoft Strong Cryptographic Provider']);
});

test('--resume ends it', async () => {
  rmSync(home, { recursive: true });
  cpSync(saved, home, { recursive: true });
  await killedAt(/^Keys copied/m);
  assert.equal(run('certutil', '-ping').status, 0);
  const resumed = run('certhaven', 'migrate', 'keys', '--resume', '--json');
  assert.deepEqual(JSON.parse(resumed.stdout).result, { kept: [] });
  assert.deepEqual(providers(), ['Microsoft Software Key Storage Provider']);
  assert.equal(run('certutil', '-CRL').status, 0);
});

test('a backup in a folder named from here is found by who goes on elsewhere', async () => {
  rmSync(home, { recursive: true });
  cpSync(saved, home, { recursive: true });
  await killedAt(/^Backup written/m, '--backup', 'copies');
  const password = join(folder, 'password');
  const resumed = spawnSync('certhaven', ['migrate', 'keys', '--resume', '--password-file', password], {
    cwd: '/',
    env,
    encoding: 'utf8',
    input: '',
  });
  assert.match(resumed.stdout, /^Old keys deleted\.$/m, resumed.stderr);
  const published = run('certhaven', 'migrate', 'keys', '--to', 'KSP', '--backup', 'home/CertEnroll');
  assert.match(published.stderr, /0x8007007b[\s\S]*is published to everybody/);
});
