import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { formatHex } from '#pki/asn1/bytes';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { newKey, pkcs10 } from '#test/support/requester';
import { startAuthority, stopAuthority } from '../install/start.ts';
import { legacyEventId, meaningOf, SECURITY_EVENTS, type SecurityEvent } from './security-events.ts';

let world: AuthorityWorld;

before(async () => {
  world = await AuthorityWorld.create();
  await world.addTemplate('EFS', 'Pended', { enrollmentFlags: 2 });
  await world.publish('Pended');
});
after(() => world.close());

async function workOf(logLevel: number): Promise<{ eventId: number; text: string }[]> {
  const known = (await world.eventIds()).length;
  const admin = await world.as('Administrator');
  await admin.setRegistry({ path: '', name: 'LogLevel', value: { type: 'REG_DWORD', data: logLevel } });
  const alice = await world.as('alice');
  for (const template of ['EFS', 'Pended'])
    await alice.submit({
      request: await pkcs10(engine, await newKey(engine)),
      attributes: `CertificateTemplate:${template}`,
    });
  await admin.publishCrl();
  return (await collect(alice.eventLog())).slice(known).map(({ eventId, text }) => ({ eventId, text }));
}

test('what goes right is in the application log from LogLevel 4 on', async () => {
  assert.deepEqual(await workOf(3), []);
  const events = await workOf(4);
  assert.deepEqual(
    events.map(({ eventId }) => eventId),
    [6, 8, 68],
  );
  assert.match(
    events[0]!.text,
    /^Active Directory Certificate Services issued a certificate for request \d+ for .*CN=alice/,
  );
});

test('start and stop are on record with the hashes of certificate and key, and how roles are separated', async () => {
  const { raw, tbsCertificate } = world.authority.current.certificate;
  const sha1 = async (data: Uint8Array) => formatHex(await engine.digest('sha1', data));
  const hashes = ['', '', await sha1(raw), await sha1(tbsCertificate.subjectPublicKeyInfo.raw)];
  const other = await AuthorityWorld.create();
  const recorded = async (authority: AuthorityWorld) =>
    (await collect(authority.ports.database.audit())).map(({ record }) => record);
  const starts = (await recorded(world)).filter(({ eventId }) => eventId === 4880);
  assert.deepEqual(
    starts[0]!.fields.map(([, value]) => value),
    hashes,
  );
  assert.equal(starts[0]!.subject, 'ca01.contoso.com\\Contoso CA');
  const ids = (await recorded(other)).map(({ eventId }) => eventId);
  assert.deepEqual(ids.slice(0, 3), [4882, 4880, 4897]);
  await other.close();
});

test('a stop that is announced is recorded before the database closes', async () => {
  const { ports } = world;
  const seen: number[] = [];
  const database = new Proxy(ports.database, {
    get(target, name) {
      if (name === 'close') return async () => void seen.push(0);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const authority = await startAuthority({ ...ports, database }, { announce: true });
  await stopAuthority(authority, { announce: true });
  for (const { record } of (await collect(ports.database.audit())).slice(-1)) seen.push(record.eventId);
  assert.deepEqual(seen, [0, 4881]);
  assert.equal((await world.eventIds()).at(-1), 38);
  await world.start();
});

test('both numberings, as Windows Server 2003 and 2008 count', () => {
  for (const { id, meaning } of Object.values<SecurityEvent>(SECURITY_EVENTS)) {
    assert.equal(meaningOf(id), meaning);
    assert.equal(legacyEventId(id), id <= 4897 ? id - 4096 : undefined);
  }
  assert.equal(legacyEventId(4883), 787);
  assert.equal(legacyEventId(4898), undefined);
  assert.equal(meaningOf(1), '');
});
