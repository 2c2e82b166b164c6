import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { ShownIdentity } from './shown-identity.ts';
import { type ServiceIdentity, serviceNames } from './tls-identity.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

let world: AuthorityWorld;
/** The CA's key does not answer. */
let isBroken = false;

before(async () => {
  world = await AuthorityWorld.create();
});
after(() => world.close());

function pass(milliseconds: number): void {
  world.now = new Date(world.now.getTime() + milliseconds);
}

function identityOf(show: (identity: ServiceIdentity) => void): ShownIdentity {
  const { authority } = world;
  const key = Object.assign(Object.create(authority.current.key) as typeof authority.current.key, {
    sign: async () => {
      throw hresult('NTE_DEVICE_NOT_READY', 'The device does not answer.');
    },
  });
  const failing = { ...authority, current: { ...authority.current, key } };
  const either = new Proxy(authority, { get: (_, name) => Reflect.get(isBroken ? failing : authority, name) });
  return new ShownIdentity(either, serviceNames('ca01.contoso.com', 'ca01', []), async (identity) => show(identity));
}

async function events(): Promise<string[]> {
  const told = await collect(world.ports.database.events());
  return told.filter(({ source }) => source === 'Certhaven').map(({ eventId, level }) => `${eventId} ${level}`);
}

test('an ended certificate is not shown: a self-signed one takes its place until the CA issues again', async () => {
  const shown: ServiceIdentity[] = [];
  const identity = identityOf((each) => shown.push(each));
  assert.equal(await identity.renew(), undefined);
  assert.equal(await identity.renew(), undefined);
  assert.deepEqual(
    shown.map(({ isSelfSigned }) => isSelfSigned),
    [false],
  );

  isBroken = true;
  pass(61 * DAY_MS);
  const fault = await identity.renew();
  assert.deepEqual([fault?.error.symbol, fault?.ends], ['NTE_DEVICE_NOT_READY', shown[0]!.ends]);
  pass(HOUR_MS);
  await identity.renew();
  assert.deepEqual([shown.length, await events()], [1, ['1 warning']]);
  pass(DAY_MS);
  await identity.renew();
  assert.deepEqual([shown.length, await events()], [1, ['1 warning', '1 warning']]);

  pass(29 * DAY_MS);
  assert.equal((await identity.renew())?.ends, undefined);
  assert.deepEqual(
    shown.map(({ isSelfSigned }) => isSelfSigned),
    [false, true],
  );
  const certificate = new X509Certificate(shown[1]!.cert);
  assert.ok(certificate.verify(certificate.publicKey));
  pass(5 * DAY_MS);
  await identity.renew();
  assert.equal(shown.length, 2, 'commands that have read what to trust find it again');
  pass(2 * DAY_MS);
  await identity.renew();
  assert.equal(shown.length, 3);
  assert.deepEqual((await events()).slice(2), ['2 error', '2 error', '2 error']);

  isBroken = false;
  assert.equal(await identity.renew(), undefined);
  assert.equal(shown.length, 4);
  assert.equal(shown[3]!.isSelfSigned, false);
});
