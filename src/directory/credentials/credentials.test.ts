import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Credentials } from '../sign-in.ts';
import { openCredentials } from './open-credentials.ts';

const ALICE = 'S-1-5-21-1-2-3-1104';
const BOB = 'S-1-5-21-1-2-3-1105';

let directory: string;
let credentials: Credentials;
let now = new Date('2026-11-25T12:00:00Z');

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'credentials-'));
  credentials = openCredentials({ directory, now: () => now });
});
after(() => rmSync(directory, { recursive: true, force: true }));

test('a password opens its own account and no other', async () => {
  assert.equal(await credentials.hasPassword(ALICE), false);
  await credentials.setPassword(ALICE, 'flower pot 3');
  assert.equal(await credentials.hasPassword(ALICE), true);
  assert.equal(await credentials.isPassword(ALICE, 'flower pot 3'), true);
  for (const wrong of ['flower pot 4', 'Flower pot 3', 'flower pot 3 ', '', 'x'.repeat(100_000)])
    assert.equal(await credentials.isPassword(ALICE, wrong), false);
  assert.equal(await credentials.isPassword(BOB, 'flower pot 3'), false);
  assert.equal(await credentials.isPassword(undefined, 'flower pot 3'), false);
});

test('what looks the same is the same password', async () => {
  await credentials.setPassword(BOB, 'caf\u00e9 au lait');
  assert.equal(await credentials.isPassword(BOB, 'cafe\u0301 au lait'), true);
});

test('too short and too long are refused, and the old one stays', async () => {
  for (const password of ['1234567', 'x'.repeat(257)])
    await assert.rejects(credentials.setPassword(ALICE, password), { symbol: 'ERROR_PASSWORD_RESTRICTION' });
  assert.equal(await credentials.isPassword(ALICE, 'flower pot 3'), true);
});

test("neither password nor token can be read from the files, which are their owner's alone", async () => {
  const { token, id } = await credentials.issueToken(ALICE, 'a laptop');
  const files = ['passwords', 'tokens'].flatMap((name) =>
    readdirSync(join(directory, name)).map((file) => join(directory, name, file)),
  );
  assert.equal(files.length, 3);
  for (const file of files) {
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const content = readFileSync(file, 'utf8');
    assert.ok(!content.includes('flower') && !content.includes(token.slice(-43)), content);
  }
  const verifier = JSON.parse(readFileSync(join(directory, 'passwords', ALICE), 'utf8')) as Record<string, unknown>;
  assert.equal(verifier['kdf'], 'scrypt');
  assert.ok(Number(verifier['N']) >= 2 ** 15);
  assert.equal(await credentials.revokeToken(ALICE, id), true);
});

test('a verifier of an earlier, cheaper time is made anew at the next sign-in', async () => {
  const file = join(directory, 'passwords', ALICE);
  const { scryptSync } = await import('node:crypto');
  const salt = Buffer.from('salt of the earth');
  const key = scryptSync('flower pot 3', salt, 32, { N: 1024, r: 8, p: 1 });
  const cheap = { kdf: 'scrypt', N: 1024, r: 8, p: 1, salt: salt.toString('base64'), key: key.toString('base64') };
  writeFileSync(file, JSON.stringify(cheap));
  assert.equal(await credentials.isPassword(ALICE, 'wrong one'), false);
  assert.equal((JSON.parse(readFileSync(file, 'utf8')) as { N: number }).N, 1024);
  assert.equal(await credentials.isPassword(ALICE, 'flower pot 3'), true);
  assert.equal((JSON.parse(readFileSync(file, 'utf8')) as { N: number }).N, 2 ** 15);
  assert.equal(await credentials.isPassword(ALICE, 'flower pot 3'), true);
});

test('sign-ins of one account do not gather without end: the oldest ends, and so does what expired', async () => {
  const carol = 'S-1-5-21-1-2-3-1106';
  const first = await credentials.issueToken(carol, 'first');
  for (let i = 0; i < 100; i++) {
    now = new Date(now.getTime() + 1000);
    await credentials.issueToken(carol, 'again');
  }
  assert.equal((await credentials.tokens(carol)).length, 100);
  assert.equal(await credentials.accountOf(first.token), undefined);
  now = new Date(now.getTime() + 31 * 24 * 60 * 60 * 1000);
  const { id } = await credentials.issueToken(carol, 'a month later');
  assert.deepEqual(readdirSync(join(directory, 'tokens')), [id]);
  assert.equal(await credentials.revokeToken(carol, id), true);
});

test('a token opens its account until it is revoked, expires or the password changes', async () => {
  const first = await credentials.issueToken(ALICE, 'a laptop');
  const second = await credentials.issueToken(ALICE, 'a desk');
  const bobs = await credentials.issueToken(BOB, 'a phone');
  assert.deepEqual(await credentials.accountOf(first.token), { sid: ALICE, id: first.id });
  assert.deepEqual(
    (await credentials.tokens(ALICE)).map(({ id, description }) => [id, description]).sort(),
    [
      [first.id, 'a laptop'],
      [second.id, 'a desk'],
    ].sort(),
  );

  assert.equal(await credentials.revokeToken(BOB, first.id), false);
  assert.equal(await credentials.revokeToken(ALICE, first.id), true);
  assert.equal(await credentials.accountOf(first.token), undefined);
  assert.equal(await credentials.revokeToken(ALICE, first.id), false);

  await credentials.setPassword(ALICE, 'another flower pot');
  assert.equal(await credentials.accountOf(second.token), undefined);
  assert.deepEqual(await credentials.accountOf(bobs.token), { sid: BOB, id: bobs.id });

  now = bobs.expires;
  assert.equal(await credentials.accountOf(bobs.token), undefined);
  assert.deepEqual(await credentials.tokens(BOB), []);
});

test('what is no token opens nothing', async () => {
  const { token } = await credentials.issueToken(BOB, '');
  const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
  for (const text of ['', 'cht_', wrong, token.slice(4), `${token}A`, 'cht_../../passwords_x', token.toUpperCase()])
    assert.equal(await credentials.accountOf(text), undefined, text);
});

test('an account is a SID, and no path', async () => {
  for (const sid of ['../x', 'alice', '', 'S-1-5-21/../../x'])
    await assert.rejects(credentials.setPassword(sid, 'flower pot 3'), { symbol: 'ERROR_INVALID_SID' });
});
