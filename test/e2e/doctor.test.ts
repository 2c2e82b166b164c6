/** `certhaven doctor` as a process leaves the home as it was, at rest and beside a service: what other commands mend in passing too. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { snapshot } from '#test/support/doctor-ports';
import { PROGRAM } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-doctor-'));
const home = join(folder, 'home');
const keys = join(home, 'machine', 'keys');
const aside = join(keys, '.aside-5e7a3c52-0000-4000-8000-000000000000');
const env = { ...process.env, CERTHAVEN_HOME: home, CERTHAVEN_MACHINE: 'ca01.contoso.com', CERTHAVEN_USER: '' };

function run(...args: string[]) {
  return spawnSync(process.execPath, [PROGRAM, ...args], { cwd: folder, env, encoding: 'utf8', input: '' });
}

interface Answer {
  readonly errors: number;
  readonly findings: readonly { readonly code: string; readonly cure: string }[];
}

function doctor(): { readonly status: number | null; readonly answer: Answer } {
  const { status, stdout, stderr } = run('doctor', '--json');
  assert.equal(stderr, '');
  const { command, ok, result } = JSON.parse(stdout);
  assert.deepEqual([command, ok], ['doctor', true]);
  return { status, answer: result };
}

/** The secret, port and pid of a service that runs are its own. */
const state = () => new Map([...snapshot(home)].filter(([path]) => path !== join(home, 'service.json')));

before(() => {
  const { status, stderr } = run('install-ca', '--name', 'Contoso CA', '--domain', 'contoso.com', '--key', 'RSA:2048');
  assert.equal(status, 0, stderr);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('at rest: neither the mode of the key folder is mended nor what a killed process left there removed', () => {
  chmodSync(keys, 0o755);
  writeFileSync(aside, 'half a key', { mode: 0o600 });
  utimesSync(aside, 0, 0);
  const before = state();
  const { status, answer } = doctor();
  assert.deepEqual(state(), before);
  assert.equal(readFileSync(aside, 'utf8'), 'half a key');
  assert.deepEqual([status, answer.errors], [1, 1]);
  const [finding] = answer.findings;
  assert.deepEqual([finding!.code, finding!.cure], ['file-permissions', `chmod 700 "${keys}"`]);
  spawnSync('/bin/sh', ['-c', finding!.cure]);
  assert.deepEqual([doctor().status, doctor().answer.errors], [0, 0]);
});

test('a key set that does not open is a finding, and keeps nobody from the others', () => {
  renameSync(join(keys, 'protect.key'), join(folder, 'protect.key'));
  chmodSync(home, 0o755);
  const { status, answer } = doctor();
  renameSync(join(folder, 'protect.key'), join(keys, 'protect.key'));
  chmodSync(home, 0o700);
  const codes = answer.findings.map(({ code }) => code);
  assert.deepEqual([status, codes.includes('ca-key-missing'), codes.includes('file-permissions')], [1, true, true]);
  assert.match(answer.findings.find(({ code }) => code === 'ca-key-missing')!.cure, /protect\.key/);
  assert.equal(doctor().status, 0);
});

test('beside a service', async () => {
  const args = [PROGRAM, 'serve', '--listen', '127.0.0.1:0', '--http', 'off'];
  const service = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await new Promise<void>((resolve, reject) => {
      service.once('exit', () => reject(new Error('the service ended')));
      service.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (text.includes(' listens at ')) resolve();
      });
    });
    const before = state();
    const { status, answer } = doctor();
    assert.deepEqual(state(), before);
    assert.equal(status, 0);
    assert.deepEqual(answer.findings.map(({ code }) => code).sort(), [
      'ca-key-exportable',
      'key-backup-missing',
      'service',
    ]);
  } finally {
    const ended = new Promise((resolve) => service.once('close', resolve));
    service.kill('SIGTERM');
    await ended;
  }
});
