/** A module that does not come back from a call (softhsm2's behind that of failing-module.ts): what waits for it ends, and nothing else. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HresultError } from '#hresult/hresult-error';
import { nodeEngine } from '#pki/crypto/node/engine';
import { Pkcs11Modules } from '#providers/pkcs11/open-pkcs11-providers';
import { failingModule } from '../support/failing-module.ts';
import { writeTools } from '../support/program.ts';
import { softToken, TOKEN } from '../support/soft-token.ts';

const NAME = 'PKCS#11 ca-token Key Storage Provider';
const SESSIONS = 2;
/** Seconds: longer than anything takes here that does not hang. */
const TIMEOUT = 3;
const soft = softToken();
const failing = failingModule(soft);
const opened: Pkcs11Modules[] = [];
let service: ChildProcess | undefined;

function release(): void {
  failing.fail(undefined);
  failing.hold(false);
}
afterEach(release);
after(async () => {
  service?.kill('SIGKILL');
  release();
  for (const modules of opened) await modules.close();
  soft.remove();
});

function provider() {
  const modules = new Pkcs11Modules(nodeEngine, async () => assert.fail('Nobody asks.'), join(soft.directory, 'locks'));
  opened.push(modules);
  const settings = {
    module: failing.path,
    token: TOKEN,
    pin: { file: soft.pinFile },
    sessions: SESSIONS,
    timeout: TIMEOUT,
  };
  return modules.provider({ name: NAME, ...settings }, true, 'S-1-5-21-1-2-3');
}

const EC = {
  algorithm: { type: 'ec', curve: 'P-256' },
  keySpec: 0,
  policy: { exportable: false, archivable: false },
} as const;
const DATA = new TextEncoder().encode('to be signed');
const SCHEME = { name: 'ecdsa', digest: 'sha256' } as const;

function timedOut(pattern: RegExp): (error: HresultError) => boolean {
  return (error) => {
    assert.equal(error.symbol, 'SCARD_E_TIMEOUT');
    assert.match(error.message, pattern);
    assert.match(error.hint ?? '', /--timeout/);
    return true;
  };
}

describe('a module that hangs', () => {
  it('in one call fails that one; others are served, and the thread comes back with its call', async () => {
    const key = await provider().createKey({ ...EC, container: 'one' });
    failing.hold(true);
    failing.fail('C_Sign hang once');
    await assert.rejects(key.sign(SCHEME, DATA), timedOut(/token ca-token has not come back from signing for 3 s/));
    await Promise.all(Array.from({ length: 20 }, () => key.sign(SCHEME, DATA)));
    failing.hold(false);
    await Promise.all(Array.from({ length: 20 }, () => key.sign(SCHEME, DATA)));
  });

  it('in every call is not waited for without end, and is used again once it answers', async () => {
    const ksp = provider();
    const key = await ksp.createKey({ ...EC, container: 'every' });
    failing.fail('C_Sign hang');
    const hung = await Promise.allSettled(Array.from({ length: 3 * SESSIONS }, () => key.sign(SCHEME, DATA)));
    for (const result of hung) assert.ok(result.status === 'rejected' && timedOut(/signing/)(result.reason));
    // No thread is left that could hang.
    await assert.rejects(ksp.listContainers(), timedOut(/ca-token/));
    release();
    for (;;) {
      // Threads come back in their own time.
      const signed = await key.sign(SCHEME, DATA).catch(timedOut(/signing/));
      if (signed !== true) break;
      await sleep(20);
    }
    assert.ok((await ksp.listContainers()).includes('every'));
  });

  it('over a key that is being made has ten times as long', async () => {
    const ksp = provider();
    failing.hold(true);
    failing.fail('C_GenerateKeyPair hang once');
    const made = ksp.createKey({ ...EC, container: 'slow' });
    await sleep(TIMEOUT * 1500);
    failing.hold(false);
    (await made).close();
  });

  it('is not waited for by whoever closes it', async () => {
    const ksp = provider();
    const modules = opened.at(-1)!;
    const key = await ksp.createKey({ ...EC, container: 'closed' });
    await key.sign(SCHEME, DATA);
    failing.fail('C_CloseSession hang');
    await modules.close();
    await assert.rejects(key.sign(SCHEME, DATA), { symbol: 'ERROR_INVALID_HANDLE' });
  });
});

const work = join(soft.directory, 'work');
const environment = {
  ...process.env,
  PATH: `${join(soft.directory, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
  CERTHAVEN_HOME: join(soft.directory, 'home'),
  CERTHAVEN_MACHINE: 'ca01.contoso.com',
  TZ: 'UTC',
};

function attempt(command: string) {
  // A process that hangs is ended by force, which no assertion takes for an end of its own.
  const options = { cwd: work, env: environment, encoding: 'utf8', input: '', timeout: 60_000 } as const;
  return spawnSync('/bin/sh', ['-c', command], { ...options, killSignal: 'SIGKILL' });
}

function run(command: string): string {
  const { status, stdout, stderr } = attempt(command);
  assert.equal(status, 0, `${command}\n${stdout}${stderr}`);
  return stdout;
}

async function serve(): Promise<ChildProcess> {
  const words = ['serve', '--listen', '127.0.0.1:0', '--http', 'off'];
  const child = spawn(join(soft.directory, 'bin', 'certhaven'), words, { cwd: work, env: environment });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('listens at')) resolve();
    });
    child.once('close', () => reject(new Error(`ended: ${output}`)));
  });
  return child;
}

describe('a process whose module hangs', () => {
  const add = `certhaven provider add --module ${failing.path} --token ${TOKEN} --pin-file ${soft.pinFile}`;

  it('ends with the code of its fault', async () => {
    mkdirSync(work);
    await writeTools(join(soft.directory, 'bin'));
    for (const [call, told] of [
      ['C_Initialize', 'starting'],
      ['C_Login', 'logging in'],
    ]) {
      failing.fail(`${call} hang`);
      const { status, stdout, stderr } = attempt(`${add} --timeout ${TIMEOUT}`);
      assert.equal(status, 0x0a, stdout + stderr);
      assert.match(
        stdout + stderr,
        new RegExp(`0x8010000a .*SCARD_E_TIMEOUT[^]* has not come back from ${told} for ${TIMEOUT} s\\.`),
      );
      assert.match(stderr, /^hint: see why the device does not answer/m);
    }
  });

  it('serves what needs no key, signs what was recorded once the module answers, and ends when told to', async () => {
    run(`${add} --timeout ${TIMEOUT}`);
    run(`certhaven install-ca --name "CN=Contoso CA" --domain contoso.com --key RSA:2048 --provider "${NAME}"`);
    const lines = ['[Version]', 'Signature= "$Windows NT$"', '[NewRequest]', 'Subject = "CN=Alice"'];
    writeFileSync(join(work, 'a.inf'), [...lines, '[RequestAttributes]', 'CertificateTemplate = EFS', ''].join('\n'));
    service = await serve();
    run('certreq -new -q a.inf a.req');
    failing.fail('C_Sign hang');
    const submitted = attempt('certreq -submit a.req a.cer');
    assert.match(submitted.stdout, /0x8010000a/);
    run('certutil -ping');
    const rows = run('certutil -view -restrict Disposition=30 -out RequestId');
    const [, row] = /Request ID: (0x[0-9a-f]+)/.exec(rows)!;
    release();
    assert.match(run(`certutil -resubmit ${row}`), /Certificate issued/);
    failing.fail('C_Sign hang');
    assert.match(attempt('certutil -CRL').stdout, /0x8010000a/);
    service.kill('SIGTERM');
    assert.deepEqual(await once(service, 'close'), [0, null]);
  });
});
