import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import type { RegistryValue } from '../ports.ts';
import { startAuthority } from './start.ts';
import { recordStartFailure } from './start-failure.ts';

async function failureOf(spoil: (world: AuthorityWorld) => Promise<unknown>): Promise<string> {
  const world = await AuthorityWorld.create();
  try {
    await spoil(world);
    const known = (await world.eventIds()).length;
    await startAuthority(world.ports, { announce: true }).then(
      () => assert.fail('it started'),
      (error: unknown) => recordStartFailure(world.ports, error),
    );
    const [event, ...more] = (await collect(world.ports.database.events())).slice(known);
    assert.deepEqual(more, []);
    return `${event!.eventId} ${event!.text}`;
  } finally {
    await world.close();
  }
}

const setting = (path: string, name: string, value: RegistryValue) => (world: AuthorityWorld) =>
  world.ports.database.commit([{ set: 'Registry', path, name, value }]);

test('a registry that a CA cannot start with is event 5, and names the value', async () => {
  const missing = (name: string) => (world: AuthorityWorld) =>
    world.ports.database.commit([{ remove: 'Registry', path: '', name }]);
  assert.match(await failureOf(missing('CAServerName')), /^5 .*may need to be reinstalled.*CAServerName.*0x80070002/);
  assert.match(await failureOf(missing('CACertHash')), /^5 .*CACertHash/);
  assert.match(
    await failureOf(setting('CSP', 'CNGHashAlgorithm', { type: 'REG_SZ', data: 'SHA265' })),
    /^5 .*CNGHashAlgorithm is SHA265.*0x80090008/,
  );
  assert.match(await failureOf(setting('', 'CAType', { type: 'REG_SZ', data: 'x' })), /^5 .*CAType.*0x8007000d/);
});

test('a certificate or key that it cannot start with is event 100, with the CA named first', async () => {
  const text = await failureOf(async (world) => {
    const [entry] = await world.ports.stores.list('My');
    await world.ports.stores.remove('My', entry!.certificate);
  });
  assert.match(text, /^100 .*current CA certificate\. Contoso CA Cannot find object .*0x80092004.*\.$/);
  const ended = await failureOf(async (world) => {
    world.now = new Date('2036-11-21T09:00:01Z');
  });
  assert.match(ended, /^100 .*Contoso CA .*0x800b0101/);
});
