import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { type Agent, AuthorityWorld } from '#test/support/authority-world';
import { archivalRequest, newKey, type RequesterKey } from '#test/support/requester';

let world: AuthorityWorld;
let agent: Agent;
let key: RequesterKey;
/** What the clock says at each of the next questions; the world's time after that. */
const jumps: Date[] = [];

before(async () => {
  world = await AuthorityWorld.create({
    wrap: (ports) => ({ ...ports, clock: { now: () => jumps.shift() ?? ports.clock.now() } }),
  });
  [agent] = (await world.enrollAgents(['kra1'], 1)) as [Agent];
  await world.publishArchivalTemplate();
  key = await newKey(engine);
});
after(() => world.close());

test('the agent ends between any two looks at the clock: sealed to while he lives, or 0x8009400b; never after', async () => {
  const { notAfter } = decodeCertificate(agent.certificate).tbsCertificate.validity;
  const [alive, ended] = [new Date(notAfter.getTime() - 1000), new Date(notAfter.getTime() + 1000)];
  world.now = alive;
  await (await world.as('Administrator')).publishCrl();
  const alice = await world.as('alice');
  const { certificate } = await alice.exchangeCertificate();
  const request = await archivalRequest(engine, key, certificate, 'ArchiveEFS');
  let refused = 0;
  let looks = 0;
  for (; ; looks++) {
    // So many looks find him alive, the next ones his certificate ended.
    jumps.push(...Array.from({ length: looks }, () => alive), ...Array.from({ length: 50 }, () => ended));
    const { requestId, disposition, statusCode } = await alice.submit({ request, attributes: '', fullResponse: false });
    jumps.length = 0;
    const row = (await world.ports.database.request(requestId))!;
    assert.equal(row.RawArchivedKey !== null, disposition === 'issued');
    if (disposition === 'issued') break;
    assert.equal(statusCode, 0x8009400b);
    refused++;
  }
  // The last look that counts is the one the agents are taken at.
  assert.ok(refused >= 2, `${refused} of ${looks}`);
  assert.deepEqual(
    (await world.eventIds()).filter((id) => id === 84 || id === 98),
    [84, 98],
  );
});
