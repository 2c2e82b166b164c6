/** What befalls a CA's key recovery agents, done to a world as an administrator or an accident does it. */
import type { RequestOutcome } from '#ca/api';
import type { EventRecord } from '#ca/audit/event-record';
import type { RegistryValue } from '#ca/ports';
import { DB_DISP } from '#ca/schema/dispositions';
import { type AuthorityWorld, collect } from './authority-world.ts';
import { archivalRequest, newKey } from './requester.ts';

export async function thumbprintOf(world: AuthorityWorld, certificate: Uint8Array): Promise<string> {
  return Buffer.from(await world.ports.engine.digest('sha1', certificate)).toString('hex');
}

/** Writes the list past the checks of the CA's own calls, as an administrator with -setreg and -addstore does. */
export async function writeKraList(
  world: AuthorityWorld,
  certificates: readonly (Uint8Array | string)[],
  used: number,
): Promise<void> {
  const data: string[] = [];
  for (const certificate of certificates) {
    if (typeof certificate !== 'string') await world.ports.stores.add('KRA', certificate);
    data.push(typeof certificate === 'string' ? certificate : await thumbprintOf(world, certificate));
  }
  await writeRegistry(world, 'KRACertHash', { type: 'REG_MULTI_SZ', data });
  await writeRegistry(world, 'KRACertCount', { type: 'REG_DWORD', data: used });
}

/** Past every check, as somebody who edits the database does. */
export async function writeRegistry(world: AuthorityWorld, name: string, value: RegistryValue): Promise<void> {
  await world.ports.database.commit([{ set: 'Registry', path: '', name, value }]);
}

/** Revokes a certificate of the world's CA and publishes it. */
export async function revokeIssued(world: AuthorityWorld, certificate: Uint8Array): Promise<void> {
  const [row] = await collect(
    world.ports.database.view({
      table: 'Requests',
      columns: ['Request.RequestID'],
      restrictions: [{ column: 'RawCertificate', operator: '=', value: certificate }],
    }),
  );
  await world.ports.database.commit([
    {
      update: 'Requests',
      RequestID: Number(row!.get('Request.RequestID')),
      set: {
        Disposition: DB_DISP.REVOKED,
        RevokedWhen: world.now,
        RevokedEffectiveWhen: world.now,
        RevokedReason: 1,
      },
    },
  ]);
  await (await world.as('Administrator')).publishCrl();
}

/** What `action` writes into the application log. */
export async function eventsOf(world: AuthorityWorld, action: () => Promise<unknown>): Promise<EventRecord[]> {
  const before = (await collect(world.ports.database.events())).length;
  await action();
  return (await collect(world.ports.database.events())).slice(before);
}

/** The events that a restart writes, but for the start itself. */
export async function eventsOfRestart(world: AuthorityWorld): Promise<EventRecord[]> {
  return (await eventsOf(world, () => world.restart())).filter(({ eventId }) => eventId !== 26);
}

/** Alice enrolls with a key of her own to archive. */
export async function archiveAsAlice(world: AuthorityWorld): Promise<RequestOutcome> {
  const { engine } = world.ports;
  const alice = await world.as('alice');
  const { certificate } = await alice.exchangeCertificate();
  const request = await archivalRequest(engine, await newKey(engine), certificate, 'ArchiveEFS');
  return alice.submit({ request, attributes: '' });
}

/** KRA_DISP of each agent in the list, as `-CAInfo` tells it. */
export async function kraStates(world: AuthorityWorld): Promise<number[]> {
  return (await (await world.as('Administrator')).info()).kras.map(({ state }) => state);
}
