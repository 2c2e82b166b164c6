import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { formatHex } from '#pki/asn1/bytes';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { newKey, pkcs10 } from '#test/support/requester';
import { startAuthority, stopAuthority } from '../install/start.ts';
import type { CaDatabase } from '../ports.ts';
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

/** The same database, whose end is only told. */
function keptOpen(database: CaDatabase, close: () => Promise<void>): CaDatabase {
  return new Proxy(database, {
    get(target, name) {
      if (name === 'close') return close;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const recorded = async (authority: AuthorityWorld, ...ids: readonly number[]) =>
  (await collect(authority.ports.database.audit()))
    .map(({ record }) => record)
    .filter(({ eventId }) => ids.includes(eventId));

test('start and stop are on record with the hashes of database, certificate and key, and how roles are separated', async () => {
  const { raw, tbsCertificate } = world.authority.current.certificate;
  const sha1 = async (data: Uint8Array) => formatHex(await engine.digest('sha1', data));
  const [start] = await recorded(world, 4880);
  const [database, uses, ...hashes] = start!.fields.map(([, value]) => value);
  assert.match(database!, /^[0-9a-f]{64}$/);
  assert.equal(uses, '0');
  assert.deepEqual(hashes, [await sha1(raw), await sha1(tbsCertificate.subjectPublicKeyInfo.raw)]);
  assert.equal(start!.subject, 'ca01.contoso.com\\Contoso CA');
  const other = await AuthorityWorld.create();
  const ids = (await recorded(other, 4882, 4880, 4897)).map(({ eventId }) => eventId);
  assert.deepEqual(ids, [4882, 4880, 4897]);
  await other.close();
});

test('the hash of the database tells what was changed between a stop and a start; uses of the key are those since the start', async (t) => {
  const own = await AuthorityWorld.create();
  t.after(() => own.close());
  const alice = await own.as('alice');
  await alice.submit({ request: await pkcs10(engine, await newKey(engine)), attributes: 'CertificateTemplate:EFS' });
  const restart = async (meanwhile: () => Promise<unknown>) => {
    const database = keptOpen(own.ports.database, async () => undefined);
    await stopAuthority({ ...own.authority, ports: { ...own.ports, database } }, { announce: true });
    await meanwhile();
    await own.start();
    const [stop, start] = (await recorded(own, 4880, 4881)).slice(-2);
    assert.deepEqual([stop!.eventId, start!.eventId], [4881, 4880]);
    return [stop!, start!].map(({ fields: [hash, uses] }) => [hash![1], uses![1]] as const) as [
      readonly [string, string],
      readonly [string, string],
    ];
  };
  const [stopped, started] = await restart(async () => undefined);
  assert.deepEqual(started, [stopped[0], '0']);
  // The CRL of a new CA, a certificate, the response that brings it; a service has a certificate besides.
  assert.ok(['3', '4'].includes(stopped[1]), stopped[1]);
  const [before, changed] = await restart(() =>
    own.ports.database.commit([{ update: 'Requests', RequestID: 1, set: { RequesterName: 'CONTOSO\\mallory' } }]),
  );
  assert.equal(before[0], started[0]);
  assert.notEqual(changed[0], before[0]);
});

test('a stop that is announced is recorded before the database closes', async () => {
  const { ports } = world;
  const seen: number[] = [];
  const database = keptOpen(ports.database, async () => void seen.push(0));
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
