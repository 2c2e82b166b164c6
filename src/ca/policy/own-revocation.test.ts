import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { newKey, pkcs10 } from '#test/support/requester';

const DAY = 86_400_000;
let world: AuthorityWorld;
let request: Uint8Array;

before(async () => {
  world = await AuthorityWorld.create();
  request = await pkcs10(engine, await newKey(engine));
});
after(() => world.close());

async function submit() {
  return (await world.as('alice')).submit({ request, attributes: 'CertificateTemplate:EFS' });
}

const crlFlags = async (data: number) =>
  (await world.as('Administrator')).setRegistry({ path: '', name: 'CRLFlags', value: { type: 'REG_DWORD', data } });

const crlPeriodUnits = async (data: number) =>
  (await world.as('Administrator')).setRegistry({
    path: '',
    name: 'CRLPeriodUnits',
    value: { type: 'REG_DWORD', data },
  });

test('a CRL that is due is published before anything is issued, by requests that come together once', async () => {
  const numbers = async () =>
    (await collect(world.ports.database.view({ table: 'CRLs', columns: ['CRLNumber'] }))).length;
  const before = await numbers();
  world.now = new Date(world.now.getTime() + 8 * DAY);
  const outcomes = await Promise.all([submit(), submit(), submit()]);
  assert.deepEqual(
    outcomes.map(({ disposition }) => disposition),
    ['issued', 'issued', 'issued'],
  );
  assert.equal(await numbers(), before + 1);
  await crlPeriodUnits(0);
});

test('without a current CRL of its own the CA denies with 0x80092013 and event 53, until one is published', async () => {
  assert.equal((await submit()).disposition, 'issued');
  world.now = new Date(world.now.getTime() + 8 * DAY);
  const denied = await submit();
  assert.equal(denied.disposition, 'denied');
  assert.equal(denied.dispositionMessage, 'Denied by Policy Module');
  assert.equal(denied.statusCode, 0x80092013);
  const [event] = (await collect(world.ports.database.events())).slice(-1);
  assert.equal(event!.eventId, 53);
  assert.match(
    event!.text,
    /denied request \d+ because The revocation function was unable to check revocation because the revocation server was offline\. .*0x80092013.*The request was for CN=Test Subject\. Additional information: Denied by Policy Module$/s,
  );
  // An officer's resubmission asks the same.
  const officer = await world.as('Administrator');
  assert.equal((await officer.resubmit(denied.requestId)).statusCode, 0x80092013);
  await crlPeriodUnits(1);
  await officer.publishCrl();
  await crlPeriodUnits(0);
  assert.equal((await submit()).disposition, 'issued');
  assert.equal((await officer.resubmit(denied.requestId)).disposition, 'issued');
});

test('a good answer ends with the CRL it rests on', async () => {
  assert.equal((await submit()).disposition, 'issued');
  const [row] = await collect(
    world.ports.database.view({ table: 'CRLs', sort: { column: 'CRLNumber', descending: true }, limit: 1 }),
  );
  const nextUpdate = row!.get('CRLNextUpdate') as Date;
  world.now = new Date(nextUpdate.getTime() - 1000);
  assert.equal((await submit()).disposition, 'issued');
  world.now = nextUpdate;
  assert.equal((await submit()).statusCode, 0x80092013);
});

test('a new CRL ends a good answer that rests on a longer one', async () => {
  const own = await AuthorityWorld.create();
  try {
    const alice = await own.as('alice');
    const submitted = { request, attributes: 'CertificateTemplate:EFS' };
    assert.equal((await alice.submit(submitted)).disposition, 'issued');
    const admin = await own.as('Administrator');
    await admin.publishCrl({ life: 3_600_000 });
    await admin.setRegistry({ path: '', name: 'CRLPeriodUnits', value: { type: 'REG_DWORD', data: 0 } });
    assert.equal((await alice.submit(submitted)).disposition, 'issued');
    await admin.publishCrl({ life: 60_000 });
    own.now = new Date(own.now.getTime() + 61_000);
    assert.equal((await alice.submit(submitted)).statusCode, 0x80092013);
  } finally {
    await own.close();
  }
});

test('CRLFlags relax it: CRLF_REVCHECK_IGNORE_OFFLINE, CRLF_DISABLE_CHAIN_VERIFICATION', async () => {
  for (const flag of [0x8, 0x100000]) {
    await crlFlags(flag);
    assert.equal((await submit()).disposition, 'issued', String(flag));
    await crlFlags(0);
    assert.equal((await submit()).statusCode, 0x80092013, String(flag));
  }
});
