import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openSqliteDatabase } from '#database/sqlite/open-sqlite-database';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { newKey, pkcs10 } from '#test/support/requester';
import { assertWhole } from '#test/support/whole-authority';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-locked-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let request: Uint8Array;

before(async () => {
  request = await pkcs10(engine, await newKey(engine));
  await (await AuthorityWorld.create({ folder })).close();
});

/** Another program that keeps a file from being written until its standard input ends. */
const LOCK = `
  const { DatabaseSync } = require('node:sqlite');
  const database = new DatabaseSync(process.argv[1]);
  database.exec('BEGIN IMMEDIATE');
  console.log('locked');
  process.stdin.resume();
  process.stdin.once('end', () => { database.exec('ROLLBACK'); database.close(); });
`;

async function lock(file: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--eval', LOCK, '--', join(folder, file)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  return child;
}

async function release(child: ChildProcess): Promise<void> {
  child.stdin!.end();
  await once(child, 'close');
}

const submit = async (world: AuthorityWorld) =>
  (await world.as('alice')).submit({ request, attributes: 'CertificateTemplate:User', fullResponse: false });

test('another program writes into the database: 0x80070020, and nothing is signed; then it goes on', async () => {
  const world = await AuthorityWorld.reopen(folder);
  const before = await assertWhole(world.ports.database);
  const holder = await lock('ca.db');
  await assert.rejects(submit(world), { symbol: 'ERROR_SHARING_VIOLATION' });
  assert.equal((await assertWhole(world.ports.database)).size, before.size);
  await release(holder);
  const { requestId } = await submit(world);
  const issued = await assertWhole(world.ports.database);
  assert.ok(issued.has(requestId));
  assert.equal(issued.size, before.size + 1);
  // What could not be told then is told now.
  assert.ok((await world.eventIds()).includes(21));
  await world.close();
});

test('another instance has the database open: 0x80070020 with what to do, and nothing is changed', async () => {
  const world = await AuthorityWorld.reopen(folder);
  await assert.rejects(openSqliteDatabase({ path: join(folder, 'ca.db'), create: false, waitMilliseconds: 0 }), {
    symbol: 'ERROR_SHARING_VIOLATION',
    hint: 'stop the other instance of the authority first',
  });
  assert.equal((await submit(world)).disposition, 'issued');
  await world.close();
});

test('another program writes into the directory for a while: it is waited for, and others are served meanwhile', async () => {
  const world = await AuthorityWorld.reopen(folder);
  const events = (await world.eventIds()).length;
  const holder = await lock('directory.db');
  let isAnswered = false;
  const submitted = submit(world).finally(() => {
    isAnswered = true;
  });
  const alice = await world.as('alice');
  await alice.exchangeCertificate();
  await (await world.as('Administrator')).setRegistry({
    path: '',
    name: 'CRLPeriodUnits',
    value: { type: 'REG_DWORD', data: 2 },
  });
  assert.equal(isAnswered, false);
  await release(holder);
  assert.equal((await submitted).disposition, 'issued');
  assert.equal((await world.eventIds()).length, events);
  await world.close();
});

test('another program writes into the directory for long: issued, event 46 with 0x80070020', async () => {
  const world = await AuthorityWorld.reopen(folder);
  const holder = await lock('directory.db');
  const submitted = await submit(world);
  await release(holder);
  assert.equal(submitted.disposition, 'issued');
  assert.equal((await world.eventIds()).at(-1), 46);
  const [event] = (await collect(world.ports.database.events())).slice(-1);
  assert.match(event!.text, /0x80070020 \(WIN32: 32 ERROR_SHARING_VIOLATION\)/);
  await world.close();
});
