import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { AuthorityWorld } from '#test/support/authority-world';
import { hookedPorts, type PortHooks } from '#test/support/hooked-ports';
import { newKey, pkcs10 } from '#test/support/requester';
import { assertWhole } from '#test/support/whole-authority';

describe('what could not be written to its end', () => {
  const hooks: PortHooks = {};
  let world: AuthorityWorld;
  let request: Uint8Array;

  before(async () => {
    world = await AuthorityWorld.create({ wrap: (ports) => hookedPorts(ports, hooks) });
    request = await pkcs10(engine, await newKey(engine));
  });
  beforeEach(() => {
    delete hooks.commit;
  });
  after(() => world.close());

  const full = async (): Promise<never> => {
    throw hresult('ERROR_DISK_FULL');
  };
  const submit = async () =>
    (await world.as('alice')).submit({ request, attributes: 'CertificateTemplate:EFS', fullResponse: false });

  async function refuseFrom(commit: number): Promise<number> {
    let count = 0;
    hooks.commit = (_, run) => (++count >= commit ? full() : run());
    await assert.rejects(submit(), { symbol: 'ERROR_DISK_FULL' });
    delete hooks.commit;
    return (await world.ports.database.nextRequestId()) - 1;
  }

  test('a signed certificate that was not recorded is finished by whoever comes next', async () => {
    const requestId = await refuseFrom(2);
    const recorded = (await world.ports.database.certificate(requestId))!;
    assert.equal(recorded.RawCertificate, null);
    const outcome = await (await world.as('alice')).retrieve(requestId);
    assert.equal(outcome.disposition, 'issued');
    assert.equal((await world.ports.database.certificate(requestId))!.SerialNumber, recorded.SerialNumber);
    assert.equal((await world.eventIds()).at(-1), 21);
    await assertWhole(world.ports.database);
  });

  test('a request that left no row is told by event 21 once it can be', async () => {
    const requestId = await refuseFrom(1);
    assert.equal(await world.ports.database.request(requestId), undefined);
    const told = (await world.eventIds()).filter((id) => id === 21).length;
    assert.equal((await submit()).disposition, 'issued');
    assert.equal((await world.eventIds()).filter((id) => id === 21).length, told + 1);
  });

  test('while nothing can be written nothing is forgotten, and each is finished once', async () => {
    const requestId = await refuseFrom(2);
    hooks.commit = full;
    await assert.rejects(submit(), { symbol: 'ERROR_DISK_FULL' });
    assert.equal((await (await world.as('alice')).retrieve(requestId)).disposition, 'pending');
    delete hooks.commit;
    const outcomes = await Promise.all([submit(), submit(), submit()]);
    assert.ok(outcomes.every(({ disposition }) => disposition === 'issued'));
    assert.equal((await (await world.as('alice')).retrieve(requestId)).disposition, 'issued');
    await assertWhole(world.ports.database);
  });

  test('an exchange certificate that could not be recorded leaves no request half-made', async () => {
    world.now = new Date(world.now.getTime() + 30 * 86_400_000);
    await (await world.as('Administrator')).publishCrl();
    let count = 0;
    hooks.commit = (_, run) => (++count >= 2 ? full() : run());
    await assert.rejects((await world.as('alice')).exchangeCertificate(), { symbol: 'ERROR_DISK_FULL' });
    delete hooks.commit;
    assert.equal((await world.ports.database.signings()).length, 1);
    assert.equal((await submit()).disposition, 'issued');
    await assertWhole(world.ports.database);
  });
});
