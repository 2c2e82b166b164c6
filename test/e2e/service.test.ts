/** The service as a process: how it starts, how it ends, and what is there after it did not end well. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { writeTools } from '../support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-service-'));
const children: ChildProcess[] = [];

before(() => writeTools(join(folder, 'bin')));
after(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function environment(home: string) {
  return {
    ...process.env,
    PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    CERTHAVEN_HOME: join(folder, home),
    CERTHAVEN_MACHINE: 'ca01.contoso.com',
    CERTHAVEN_USER: '',
    TZ: 'UTC',
  };
}

function run(home: string, command: string) {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], {
    cwd: folder,
    env: environment(home),
    encoding: 'utf8',
    input: '',
  });
  return { status, stdout, stderr };
}

function install(home: string, ...options: string[]): void {
  const command = `certhaven install-ca --name "CN=Contoso CA" --domain contoso.com --key RSA:2048 ${options.join(' ')}`;
  const { status, stderr } = run(home, command);
  assert.equal(status, 0, stderr);
}

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly output: () => string;
  readonly errors: () => string;
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

async function serve(home: string, ...options: string[]): Promise<Running> {
  const words = ['serve', '--listen', '127.0.0.1:0', '--http', '127.0.0.1:0', ...options];
  const child = spawn(join(folder, 'bin', 'certhaven'), words, { cwd: folder, env: environment(home) });
  children.push(child);
  let [output, errors] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal)),
  );
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const [, port] = /listens at https:\/\/[^:]+:(\d+)/.exec(output) ?? [];
      if (port) resolve(`https://localhost:${port}`);
    });
    child.once('close', () => reject(new Error(`ended: ${output}${errors}`)));
  });
  return { child, url, output: () => output, errors: () => errors, ended };
}

function eventIds(home: string): number[] {
  const { stdout } = run(home, 'certhaven events --json');
  return (JSON.parse(stdout) as { result: { eventId: number }[] }).result.map(({ eventId }) => eventId);
}

describe('a service', () => {
  before(() => install('home'));

  test('answers what is under way when it is asked to stop, and nothing after', async () => {
    const { child, url, output, ended } = await serve('home');
    const note = JSON.parse(readFileSync(join(folder, 'home', 'service.json'), 'utf8')) as {
      trust: string[];
      secret: string;
    };
    const account = Buffer.from('CONTOSO\\Administrator').toString('base64url');
    const headers = {
      Authorization: `Local ${note.secret}.${account}`,
      'Content-Type': 'application/json',
      'Content-Length': 2,
    };
    const answered = new Promise<number>((resolve, reject) => {
      const request = httpsRequest(
        `${url}/api/v1/authority/ping`,
        { method: 'POST', headers, ca: note.trust },
        (response) => {
          response.resume();
          resolve(response.statusCode!);
        },
      );
      request.once('error', reject);
      // Half of the body, then the request to stop, then the rest.
      request.write('[', () => {
        child.kill('SIGTERM');
        setTimeout(() => request.end(']'), 300);
      });
    });
    assert.equal(await answered, 200);
    assert.equal(await ended, 0);
    assert.match(output(), /stopped\.\n$/);
    assert.ok(!existsSync(join(folder, 'home', 'service.json')));
    assert.deepEqual(eventIds('home').slice(-2), [26, 38]);
  });

  test('that starts again shows the certificate it had', async () => {
    const count = () => run('home', 'certutil -view -out RequestID csv').stdout.split('\n').length;
    const rows = count();
    const { child, ended } = await serve('home');
    assert.equal(count(), rows);
    child.kill('SIGINT');
    assert.equal(await ended, 0);
  });

  test('that was killed leaves a CA that works, and starts again', async () => {
    const { child, ended } = await serve('home');
    child.kill('SIGKILL');
    assert.equal(await ended, 'SIGKILL');
    assert.ok(existsSync(join(folder, 'home', 'service.json')));
    const ping = run('home', 'certutil -ping');
    assert.equal(ping.status, 0, ping.stderr);
    const again = await serve('home');
    assert.equal(run('home', 'certutil -ping').status, 0);
    again.child.kill('SIGTERM');
    assert.equal(await again.ended, 0);
  });

  test('tells as JSON where it listens', async () => {
    const child = spawn(
      join(folder, 'bin', 'certhaven'),
      ['serve', '--listen', '127.0.0.1:0', '--http', 'off', '--json'],
      { cwd: folder, env: environment('home') },
    );
    children.push(child);
    let told = '';
    await new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        told += text;
        if (told.endsWith('}\n')) resolve();
      });
    });
    const { ok, result } = JSON.parse(told) as { ok: boolean; result: Record<string, unknown> };
    assert.equal(ok, true);
    assert.match(String(result['url']), /^https:\/\/ca01\.contoso\.com:\d+$/);
    assert.equal(result['isSelfSigned'], false);
    child.kill('SIGTERM');
    assert.equal(await new Promise((resolve) => child.once('close', resolve)), 0);
  });

  test('serves its CRL over HTTP to whoever asks', async () => {
    const { child, output, ended } = await serve('home');
    const [, port] = /http:\/\/[^:]+:(\d+)\/CertEnroll\//.exec(output())!;
    const response = await fetch(`http://127.0.0.1:${port}/CertEnroll/Contoso%20CA.crl`);
    assert.equal(response.headers.get('content-type'), 'application/pkix-crl');
    const crl = Buffer.from(await response.arrayBuffer());
    assert.deepEqual(crl, readFileSync(join(folder, 'home', 'CertEnroll', 'Contoso CA.crl')));
    assert.equal((await fetch(`http://127.0.0.1:${port}/api/v1/known-authority`)).status, 404);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });
});

test('a CA whose signatures TLS refuses is served with a self-signed certificate, which it says; nobody joins it', async () => {
  install('old', '--hash', 'SHA1');
  const { child, url, errors, ended } = await serve('old');
  assert.match(errors(), /self-signed.*SHA1/);
  const ping = run('old', 'certutil -ping');
  assert.equal(ping.status, 0, ping.stderr);
  const fingerprint = run('old', 'certhaven fingerprint').stdout.trim();
  const joined = run('elsewhere', `certhaven join ${url} --fingerprint ${fingerprint}`);
  assert.match(joined.stderr, /0x800b0109/);
  assert.ok(!existsSync(join(folder, 'elsewhere', 'joined.json')));
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
});

describe('a CA that is renewed with a new key while its service runs', () => {
  before(() => {
    install('renewed');
    const words = 'alice: 3 flowerpots\\nalice: 3 flowerpots\\n';
    assert.equal(run('renewed', `printf '${words}' | certhaven add-user alice --password`).status, 0);
  });

  test('stays reachable for machines that have joined, which learn of the new certificates', async () => {
    const { child, url, ended } = await serve('renewed');
    const fingerprint = run('renewed', 'certhaven fingerprint').stdout.trim();
    const signIn = "echo 'alice: 3 flowerpots' | certhaven sign-in alice";
    assert.equal(run('joined', `certhaven join ${url} --fingerprint ${fingerprint}`).status, 0);
    assert.equal(run('joined', signIn).status, 0);
    // Calls that come while the CA starts again wait, and are answered.
    const renewals = run('renewed', 'certutil -renewCert && certutil -CAInfo certversion && certutil -renewCert');
    assert.equal(renewals.status, 0, renewals.stderr);
    assert.match(renewals.stdout, /CA cert version\[1\]: 0x10001 \(65537\) -- V1\.1/);
    const ping = run('joined', 'CERTHAVEN_USER="CONTOSO\\\\alice" certutil -ping');
    assert.equal(ping.status, 0, ping.stderr);
    const trusted = () =>
      (JSON.parse(readFileSync(join(folder, 'joined', 'joined.json'), 'utf8')) as { trust: string }[])[0]!.trust.match(
        /BEGIN CERTIFICATE/g,
      )!.length;
    assert.equal(trusted(), 3);
    const roots = run('joined', 'certutil -store Root').stdout;
    for (const version of ['V0.0', 'V1.1', 'V2.2']) assert.ok(roots.includes(`CA Version: ${version}`), roots);
    assert.deepEqual(eventIds('renewed'), [26, 38, 26, 38, 26]);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });

  test('ends with the reason where the CA does not start again; the renewal is whole once it does', async () => {
    const { errors, ended } = await serve('renewed');
    assert.equal(run('renewed', 'certutil -delreg CA\\\\CAServerName').status, 0);
    const renewal = run('renewed', 'certutil -renewCert ReuseKeys');
    assert.equal(renewal.status, 0, renewal.stderr);
    assert.equal(await ended, 2);
    assert.match(errors(), /CA\\CAServerName is missing/);
    assert.equal(run('renewed', 'certutil -setreg CA\\\\CAServerName ca01.contoso.com').status, 0);
    assert.match(run('renewed', 'certutil -CAInfo certversion').stdout, /\[3\]: 0x20003 \(131075\) -- V3\.2/);
  });
});
