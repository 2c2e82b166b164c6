import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { type Agent, AuthorityWorld } from '#test/support/authority-world';
import { archivalRequest, newKey } from '#test/support/requester';
import { assertRecovers, assertWhole } from '#test/support/whole-authority';
import { archiveThreads } from '../../src/bin/archive-threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-archive-thread-'));
const keyArchiver = archiveThreads(1);
let world: AuthorityWorld;
let agent: Agent;

before(async () => {
  world = await AuthorityWorld.create({ folder, threads: { keyArchiver } });
  [agent] = (await world.enrollAgents(['kra1'], 1)) as [Agent];
  await world.publishArchivalTemplate();
});
after(async () => {
  await world.close();
  await keyArchiver.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the thread that takes a key over ends: denied with 0x80010007 and event 21, no key is kept, the next one is served', async () => {
  const key = await newKey(engine);
  const alice = await world.as('alice');
  const { certificate } = await alice.exchangeCertificate();
  const submit = async () =>
    alice.submit({ request: await archivalRequest(engine, key, certificate, 'ArchiveEFS'), attributes: '' });
  // The call is in its queue before the thread has begun.
  process.once('worker', (thread: Worker) => void thread.once('online', () => thread.terminate()));
  const refused = await submit();
  assert.deepEqual([refused.disposition, refused.statusCode], ['denied', 0x80010007]);
  assert.equal((await world.eventIds()).at(-1), 21);
  assert.equal((await world.ports.database.request(refused.requestId))!.RawArchivedKey, null);

  const { requestId, disposition } = await submit();
  assert.equal(disposition, 'issued');
  await assertWhole(world.ports.database);
  await assertRecovers(world.ports.database, requestId, agent, key);
});
