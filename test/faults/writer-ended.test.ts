import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { resealKey } from '#ca/archive/reseal-key';
import { publishBaseCrl } from '#ca/crl/publish-crl';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { type Agent, AuthorityWorld } from '#test/support/authority-world';
import { hookedPorts, type PortHooks } from '#test/support/hooked-ports';
import { archivalRequest, newKey, type RequesterKey } from '#test/support/requester';
import { assertRecovers, assertWhole } from '#test/support/whole-authority';

const folder = mkdtempSync(join(tmpdir(), 'certhaven-writer-'));
const hooks: PortHooks = {};
let threads: Worker[] = [];
let world: AuthorityWorld;
let agent: Agent;
let key: RequesterKey;

const seen = (thread: Worker) => threads.push(thread);
const endWriter = () => Promise.all(threads.splice(0).map((thread) => thread.terminate()));

async function open(): Promise<void> {
  world = await AuthorityWorld.reopen(folder, { wrap: (ports) => hookedPorts(ports, hooks), threads: THREADS });
}

const THREADS = { keyArchiver: { reseal: (job: Parameters<typeof resealKey>[0]) => resealKey(job, engine) } };

before(async () => {
  process.on('worker', seen);
  const prepared = await AuthorityWorld.create({ folder });
  [agent] = (await prepared.enrollAgents(['kra1'], 1)) as [Agent];
  await prepared.publishArchivalTemplate();
  key = await newKey(engine);
  await prepared.close();
});
after(() => {
  process.off('worker', seen);
  rmSync(folder, { recursive: true, force: true });
});

async function submit() {
  const alice = await world.as('alice');
  const { certificate } = await alice.exchangeCertificate();
  return alice.submit({ request: await archivalRequest(engine, key, certificate, 'ArchiveEFS'), attributes: '' });
}

for (const [commit, point] of [
  [1, 'before the request is recorded'],
  [2, 'before the certificate is recorded'],
] as const) {
  test(`the thread that writes the database ends ${point}: 0x80010012, and nothing more is signed`, async () => {
    threads = [];
    await open();
    await (await world.as('alice')).exchangeCertificate();
    let commits = 0;
    let signatures = 0;
    hooks.commit = async (_, run) => {
      if (++commits === commit) await endWriter();
      return run();
    };
    hooks.sign = (run) => {
      signatures++;
      return run();
    };
    const hint = 'restart the CA: what was begun is finished when it starts';
    await assert.rejects(submit(), { symbol: 'RPC_E_SERVER_DIED_DNE', hint });
    assert.equal(signatures, commit - 1);
    await assert.rejects(submit(), { symbol: 'RPC_E_SERVER_DIED_DNE', hint });
    await assert.rejects(publishBaseCrl(world.authority, 'CONTOSO\\Administrator'), {
      symbol: 'RPC_E_SERVER_DIED_DNE',
    });
    assert.equal(signatures, commit - 1);
    delete hooks.commit;
    delete hooks.sign;
    await world.close();

    await open();
    const before = await assertWhole(world.ports.database);
    const { requestId } = await submit();
    assert.equal((await assertWhole(world.ports.database)).size, before.size + 1);
    await assertRecovers(world.ports.database, requestId, agent, key);
    await world.close();
  });
}

test('the thread ends while it writes: 0x80010007, and the start tells whether it was written', async () => {
  threads = [];
  await open();
  await (await world.as('alice')).exchangeCertificate();
  hooks.commit = async (_, run) => {
    const written = run();
    // Sent in the next turn of the event loop; taken away before its answer can come.
    written.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    await endWriter();
    return written;
  };
  await assert.rejects(submit(), { symbol: 'RPC_E_SERVER_DIED' });
  delete hooks.commit;
  await world.close();
  await open();
  await assertWhole(world.ports.database);
  await world.close();
});
