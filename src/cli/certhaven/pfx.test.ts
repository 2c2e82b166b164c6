/** `certhaven pfx` with files of openssl, and openssl as judge of what it signs and opens. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { HRESULTS, type HresultSymbol } from '#hresult/codes';
import { nodeEngine } from '#pki/crypto/node/engine';
import { TranscriptConsole } from '#test/support/transcript';
import type { CerthavenPorts } from './context.ts';
import { runCerthaven } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-pfx-'));
after(() => rmSync(folder, { recursive: true }));

function openssl(line: string): string {
  return execFileSync('openssl', line.split(' '), { cwd: folder, stdio: 'pipe', encoding: 'utf8' });
}

before(() => {
  for (const [name, key] of [
    ['rsa', 'rsa:2048'],
    ['ec', 'ec -pkeyopt ec_paramgen_curve:P-256'],
  ]) {
    openssl(`req -x509 -newkey ${key} -nodes -keyout ${name}.key -subj /CN=${name} -days 30 -out ${name}.pem`);
    openssl(`pkcs12 -export -inkey ${name}.key -in ${name}.pem -passout pass:secret -out ${name}.pfx`);
    writeFileSync(join(folder, `${name}.pub`), openssl(`x509 -in ${name}.pem -pubkey -noout`));
  }
  openssl(
    'pkcs12 -export -keysig -inkey rsa.key -in rsa.pem -passout pass:secret -out signs.pfx -CSP Mine -LMK -name box',
  );
  writeFileSync(join(folder, 'data'), 'The spare key is under the third flowerpot.\n');
});

async function run(argv: string[], password?: string) {
  const console = new TranscriptConsole(folder, password === undefined ? [] : [password]);
  const ports: Partial<CerthavenPorts> = { console, engine: async () => nodeEngine };
  const exit = await runCerthaven(['pfx', ...argv], ports as CerthavenPorts);
  return { exit, lines: console.output.trimEnd().split('\n'), errors: console.errors };
}

async function fails(symbol: HresultSymbol, argv: string[], password?: string): Promise<void> {
  const files = readdirSync(folder).join();
  const { exit, errors } = await run(argv, password);
  assert.equal(exit, HRESULTS[symbol][0], errors);
  assert.equal(readdirSync(folder).join(), files);
}

test('what is in a file is told: key, its use, container, provider, certificate', async () => {
  const { lines } = await run(['signs.pfx'], 'secret');
  assert.deepEqual(lines.slice(1, 5), [
    'Key 0: RSA 2048, AT_SIGNATURE',
    '  Container: box (machine)',
    '  Provider: Mine',
    '  Certificate: CN=rsa',
  ]);
});

test('a password is checked, and nothing opened', async () => {
  assert.deepEqual((await run(['rsa.pfx', '--check'], 'secret')).lines.slice(1), ['The password opens rsa.pfx.']);
  await fails('ERROR_INVALID_PASSWORD', ['rsa.pfx', '--check'], 'Secret');
});

test('openssl verifies what a key of the file signs', async () => {
  for (const name of ['rsa', 'ec']) {
    for (const hash of ['SHA256', 'SHA384']) {
      const file = `${name}.${hash}`;
      assert.equal((await run([`${name}.pfx`, '--sign', 'data', '--out', file, '--hash', hash], 'secret')).exit, 0);
      assert.match(openssl(`dgst -${hash.toLowerCase()} -verify ${name}.pub -signature ${file} data`), /Verified OK/);
    }
  }
});

test('what openssl seals to the certificate is opened', async () => {
  for (const name of ['rsa', 'ec']) {
    openssl(`cms -encrypt -binary -aes256 -outform DER -in data -out ${name}.p7m ${name}.pem`);
    const { exit } = await run([`${name}.pfx`, '--decrypt', `${name}.p7m`, '--out', `${name}.txt`], 'secret');
    assert.equal(exit, 0);
    assert.deepEqual(readFileSync(join(folder, `${name}.txt`)), readFileSync(join(folder, 'data')));
    assert.equal(statSync(join(folder, `${name}.txt`)).mode & 0o777, 0o600);
  }
});

test('what cannot be done is told before anything is written', async () => {
  await fails('CRYPT_E_RECIPIENT_NOT_FOUND', ['ec.pfx', '--decrypt', 'rsa.p7m', '--out', 'no.txt'], 'secret');
  await fails('NTE_BAD_KEY', ['signs.pfx', '--decrypt', 'rsa.p7m', '--out', 'no.txt'], 'secret');
  await fails('NTE_NO_KEY', ['rsa.pfx', '--key', '1', '--sign', 'data', '--out', 'no.sig'], 'secret');
  await fails('ERROR_FILE_EXISTS', ['rsa.pfx', '--sign', 'data', '--out', 'rsa.pem']);
  await fails('ERROR_INVALID_PARAMETER', ['rsa.pfx', '--sign', 'data']);
  await fails('ERROR_INVALID_PARAMETER', ['rsa.pfx', '--sign', 'data', '--check', '--out', 'x']);
  await fails('ERROR_INVALID_PARAMETER', ['rsa.pfx', '--sign', 'data', '--hash', 'MD4', '--out', 'no.sig'], 'secret');
  await fails('CRYPT_E_ASN1_BADTAG', ['rsa.pem']);
});
