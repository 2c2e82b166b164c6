import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { formatHex } from '#pki/asn1/bytes';
import { TranscriptConsole } from '#test/support/transcript';
import type { CerthavenPorts, FoundAuthority } from './context.ts';
import { runCerthaven } from './main.ts';

const CERTIFICATE = Uint8Array.of(1, 2, 3);
const FINGERPRINT = formatHex(createHash('sha256').update(CERTIFICATE).digest());
const FOUND: FoundAuthority = {
  config: 'ca01.contoso.com\\Contoso CA',
  domain: { netbiosName: 'CONTOSO', dnsName: 'contoso.com', sid: 'S-1-5-21-1-2-3' },
  certificate: CERTIFICATE,
};

let directory: string;

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'join-'));
});
after(() => rmSync(directory, { recursive: true, force: true }));

/** Answers the exit code, what was joined, and what was shown. */
async function certhaven(words: readonly string[], answers: readonly string[], isInteractive = true) {
  const joined: string[] = [];
  const console = new TranscriptConsole(directory, answers);
  Object.defineProperty(console, 'isInteractive', { value: isInteractive });
  const ports: Pick<CerthavenPorts, 'console' | 'findAuthority' | 'join' | 'sha256'> = {
    console,
    findAuthority: async () => FOUND,
    join: async (url, certificate) => {
      assert.equal(certificate, CERTIFICATE);
      joined.push(url);
      return FOUND;
    },
    sha256: (data) => createHash('sha256').update(data).digest(),
  };
  const exit = await runCerthaven(words, ports as CerthavenPorts);
  assert.deepEqual(console.unasked, []);
  return { exit: exit.toString(16), joined, output: console.output, errors: console.errors };
}

test('a person compares the fingerprint, and says yes', async () => {
  const { exit, joined, output } = await certhaven(['join', 'https://ca01:9443'], ['yes']);
  assert.deepEqual([exit, joined], ['0', ['https://ca01:9443']]);
  assert.ok(output.includes(FINGERPRINT));
});

test('whatever else he says joins nothing', async () => {
  for (const answer of ['no', '', 'yess', FINGERPRINT]) {
    const { exit, joined } = await certhaven(['join', 'https://ca01:9443'], [answer]);
    assert.deepEqual([exit, joined], ['800704c7', []], answer);
  }
});

test('a fingerprint that is given has to be that one, however it is written', async () => {
  const colons = FINGERPRINT.toUpperCase().replace(/..(?=.)/g, '$&:');
  for (const given of [FINGERPRINT, colons]) {
    const { exit, joined } = await certhaven(['join', 'https://ca01:9443', '--fingerprint', given], [], false);
    assert.deepEqual([exit, joined.length], ['0', 1]);
  }
  for (const given of ['00', '', FINGERPRINT.slice(2)]) {
    const { exit, joined } = await certhaven(['join', 'https://ca01:9443', '--fingerprint', given], []);
    assert.deepEqual([exit, joined], ['800b0109', []], given);
  }
});

test('where nobody can be asked, nothing is trusted', async () => {
  const { exit, joined, errors } = await certhaven(['join', 'https://ca01:9443'], [], false);
  assert.deepEqual([exit, joined], ['800b0109', []]);
  assert.ok(errors.includes(FINGERPRINT) && errors.includes('--fingerprint'));
});

test('a yes on the command line takes the place of no fingerprint', async () => {
  const alone = await certhaven(['join', 'https://ca01:9443', '--yes'], [], false);
  assert.deepEqual([alone.exit, alone.joined], ['80070057', []]);
  assert.match(alone.errors, /--fingerprint/);
  for (const given of ['00', ''])
    assert.equal(
      (await certhaven(['join', 'https://ca01:9443', '--yes', '--fingerprint', given], [])).exit,
      '800b0109',
    );
  const { exit, joined } = await certhaven(['join', 'https://ca01:9443', '--fingerprint', FINGERPRINT, '--yes'], []);
  assert.deepEqual([exit, joined.length], ['0', 1]);
});

test('a name gets the scheme and the port of the service; another URL is refused', async () => {
  for (const [typed, url] of [
    ['ca01.contoso.com', 'https://ca01.contoso.com:8443'],
    ['ca01:9443', 'https://ca01:9443'],
    ['https://ca01', 'https://ca01'],
  ] as const)
    assert.deepEqual((await certhaven(['join', typed], ['y'])).joined, [url]);
  for (const typed of ['http://ca01', 'https://ca01/x', 'https://me@ca01', 'ftp://ca01', 'https://'])
    assert.equal((await certhaven(['join', typed], [])).exit, '80070057', typed);
});
