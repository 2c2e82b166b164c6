import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Agent, AuthorityWorld, collect } from '#test/support/authority-world';
import { revokeIssued, thumbprintOf, writeKraList } from '#test/support/kra-list';
import { KRA_DISP } from './check-kra.ts';

const NO_CHANGE = { add: [], remove: [] } as const;

describe('changing the list of key recovery agents', () => {
  let world: AuthorityWorld;
  let agents: Agent[];
  let hashes: string[];

  beforeEach(async () => {
    world = await AuthorityWorld.create();
    agents = await world.enrollAgents(['kra1', 'kra2', 'kra3'], 2);
    hashes = await Promise.all(agents.map(({ certificate }) => thumbprintOf(world, certificate)));
  });
  afterEach(() => world.close());

  async function list(): Promise<(readonly [string, number | undefined, number])[]> {
    const all = await (await world.as('Administrator')).keyRecoveryAgents();
    return all.map(({ thumbprint, index, state }) => [thumbprint, index, state]);
  }

  test('one goes, and stays in the store, where -getkey looks for it', async () => {
    const admin = await world.as('Administrator');
    assert.deepEqual(await admin.changeKeyRecoveryAgents({ ...NO_CHANGE, remove: [hashes[1]!] }), {
      agents: 2,
      used: 2,
    });
    assert.deepEqual(await list(), [
      [hashes[0], 0, KRA_DISP.VALID],
      [hashes[2], 1, KRA_DISP.VALID],
      [hashes[1], undefined, KRA_DISP.VALID],
    ]);
    await world.restart();
    // What is not chosen is not loaded.
    assert.deepEqual((await list()).at(-1), [hashes[1], undefined, KRA_DISP.NOTLOADED]);
    const audited = (await collect(world.ports.database.audit())).filter(({ record }) => record.eventId === 4892);
    assert.ok(audited.length >= 2);
  });

  test('one comes back from the directory alone, and the store has it again', async () => {
    const admin = await world.as('Administrator');
    await admin.changeKeyRecoveryAgents({ ...NO_CHANGE, remove: [hashes[0]!] });
    await world.ports.stores.remove('KRA', agents[0]!.certificate);
    const found = (await admin.keyRecoveryAgents()).find(({ thumbprint }) => thumbprint === hashes[0]);
    assert.deepEqual(found?.certificate, agents[0]!.certificate);
    await admin.changeKeyRecoveryAgents({ ...NO_CHANGE, add: [found!.certificate!], used: 3 });
    assert.deepEqual(
      (await list()).map(([thumbprint, index]) => [thumbprint, index]),
      [
        [hashes[1], 0],
        [hashes[2], 1],
        [hashes[0], 2],
      ],
    );
    const stored = (await world.ports.stores.list('KRA')).map(({ certificate }) =>
      Buffer.from(certificate).toString('hex'),
    );
    assert.ok(stored.includes(Buffer.from(agents[0]!.certificate).toString('hex')));
  });

  test('each has its state: expired, revoked, not found', async () => {
    await revokeIssued(world, agents[1]!.certificate);
    await world.ports.stores.remove('KRA', agents[2]!.certificate);
    await world.restart();
    assert.deepEqual(
      (await list()).map(([, , state]) => state),
      [KRA_DISP.VALID, KRA_DISP.REVOKED, KRA_DISP.NOTFOUND],
    );
    world.now = new Date('2028-12-21T09:00:00Z');
    await (await world.as('Administrator')).publishCrl();
    assert.equal((await list())[0]![2], KRA_DISP.EXPIRED);
  });

  test('the first agent that is added switches archival on; the number alone switches it off and on', async () => {
    await writeKraList(world, [], 0);
    const admin = await world.as('Administrator');
    const add = [agents[0]!.certificate];
    assert.deepEqual(await admin.changeKeyRecoveryAgents({ ...NO_CHANGE, add }), { agents: 1, used: 1 });
    assert.deepEqual(await admin.changeKeyRecoveryAgents({ ...NO_CHANGE, used: 0 }), { agents: 1, used: 0 });
    // Off on purpose stays off.
    const more = [agents[1]!.certificate];
    assert.deepEqual(await admin.changeKeyRecoveryAgents({ ...NO_CHANGE, add: more }), { agents: 2, used: 0 });
    assert.deepEqual(await admin.changeKeyRecoveryAgents({ ...NO_CHANGE, used: 2 }), { agents: 2, used: 2 });
  });

  test('refusals leave everything as it was', async () => {
    const admin = await world.as('Administrator');
    const exchange = (await admin.exchangeCertificate()).certificate;
    const before = await world.state();
    const refuses = (change: Partial<Parameters<typeof admin.changeKeyRecoveryAgents>[0]>, symbol: string) =>
      assert.rejects(admin.changeKeyRecoveryAgents({ ...NO_CHANGE, ...change }), { symbol });
    await refuses({ used: 4 }, 'ERROR_INVALID_PARAMETER');
    await refuses({ remove: hashes.slice(0, 2) }, 'ERROR_INVALID_PARAMETER');
    await refuses({ add: [agents[0]!.certificate] }, 'ERROR_INVALID_PARAMETER');
    await refuses({ add: [exchange] }, 'CERT_E_WRONG_USAGE');
    await refuses({ remove: ['00'.repeat(20)] }, 'CRYPT_E_NOT_FOUND');
    const alice = await world.as('alice');
    await assert.rejects(alice.changeKeyRecoveryAgents({ ...NO_CHANGE, used: 1 }), { symbol: 'ERROR_ACCESS_DENIED' });
    assert.deepEqual(await world.state(), before);
  });
});
