/** What document 004 says of key recovery agents that cannot be used: "Loading KRA Certificates", "User Enrollment Errors". */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Agent, AuthorityWorld } from '#test/support/authority-world';
import {
  archiveAsAlice,
  eventsOf,
  eventsOfRestart,
  kraStates,
  revokeIssued,
  thumbprintOf,
  writeKraList,
  writeRegistry,
} from '#test/support/kra-list';
import type { EventRecord } from '../audit/event-record.ts';
import { KRA_DISP } from './check-kra.ts';

const DAY = 86_400_000;
const ADCS = 'Active Directory Certificate Services';
const CANNOT_LOAD = `${ADCS} encountered an error loading key recovery certificates. Requests to archive private keys will not be accepted.  `;

describe('events of key recovery agents', () => {
  let world: AuthorityWorld;
  let agents: Agent[];

  beforeEach(async () => {
    world = await AuthorityWorld.create();
    agents = await world.enrollAgents(['kra1', 'kra2'], 2);
    await world.publishArchivalTemplate();
  });
  afterEach(() => world.close());

  const archive = () => archiveAsAlice(world);
  const states = () => kraStates(world);

  function ids(events: readonly EventRecord[]): number[] {
    return events.map(({ eventId }) => eventId);
  }

  /** The CA runs, the request is denied with `code`, no key is kept, and event 21 tells it as printed. */
  async function refuses(code: number): Promise<void> {
    let requestId = 0;
    const events = await eventsOf(world, async () => {
      const outcome = await archive();
      requestId = outcome.requestId;
      assert.equal(outcome.disposition, 'denied');
      assert.equal(outcome.statusCode >>> 0, code);
    });
    const row = (await world.ports.database.request(requestId))!;
    assert.equal(row.RawArchivedKey, null);
    assert.equal(row.DispositionMessage, 'Error Archiving Private Key');
    const [fault, ...others] = events;
    assert.deepEqual([fault!.eventId, others], [21, []]);
    assert.match(
      fault!.text,
      new RegExp(
        `^${ADCS} could not process request ${requestId} due to an error: .*0x${code.toString(16)} .*\\. The request was for CONTOSO\\\\alice\\.$`,
      ),
    );
    assert.equal((await (await world.as('Administrator')).info()).commonName, 'Contoso CA');
  }

  describe('event 83', () => {
    test('the certification authority cannot open the KRA store on the local machine', async () => {
      const { stores } = world.ports;
      const list: typeof stores.list = async (store) => {
        if (store === 'KRA') await stores.list('Unknown' as never);
        return stores.list(store);
      };
      world.ports = { ...world.ports, stores: { ...stores, list } };
      const events = await eventsOfRestart(world);
      assert.deepEqual(ids(events), [83]);
      assert.match(events[0]!.text.slice(CANNOT_LOAD.length), /0x80070002 \(WIN32: 2 ERROR_FILE_NOT_FOUND\)$/);
      assert.deepEqual(await states(), [KRA_DISP.INVALID, KRA_DISP.INVALID]);
      await refuses(0x8009400b);
    });

    test('no certificate in the KRA store matches the hash of one set in the registry', async () => {
      await world.ports.stores.remove('KRA', agents[1]!.certificate);
      const events = await eventsOfRestart(world);
      assert.deepEqual(ids(events), [85, 82, 83]);
      assert.deepEqual(events[0]!.variables.slice(0, 2), ['1', 'CN=kra2, CN=Users, DC=contoso, DC=com']);
      assert.match(
        events[0]!.text,
        /^\S.* ignored key recovery certificate 1 because it could not be loaded\. {2}CN=kra2/,
      );
      assert.match(events[0]!.text, /0x80092004 \(-2146885628 CRYPT_E_NOT_FOUND\)$/);
      assert.equal(
        events[1]!.text,
        `${ADCS} could only verify 1 of 2 key recovery certificates required to enable private key archival. Requests to archive private keys will not be accepted.`,
      );
      assert.ok(events[2]!.text.startsWith(CANNOT_LOAD));
      assert.deepEqual(await states(), [KRA_DISP.VALID, KRA_DISP.NOTFOUND]);
      await refuses(0x8009400b);
    });

    test('the registry was edited incorrectly: an entry that is no hash', async () => {
      await writeKraList(world, [agents[0]!.certificate, 'kra2.cer'], 2);
      const events = await eventsOfRestart(world);
      assert.deepEqual(ids(events), [85, 82, 83]);
      assert.match(events[0]!.text, /0x8007000d \(WIN32: 13 ERROR_INVALID_DATA\)$/);
      assert.deepEqual(await states(), [KRA_DISP.VALID, KRA_DISP.INVALID]);
      await refuses(0x8009400b);
    });

    test('the registry was edited incorrectly: one agent twice, which would be two of one', async () => {
      await writeKraList(world, [agents[0]!.certificate, agents[0]!.certificate], 2);
      assert.deepEqual(ids(await eventsOfRestart(world)), [85, 82, 83]);
      await refuses(0x8009400b);
    });

    test('the registry was edited incorrectly: more to use than are listed', async () => {
      await writeKraList(world, [agents[0]!.certificate], 2);
      const events = await eventsOfRestart(world);
      assert.deepEqual(ids(events), [82, 83]);
      assert.deepEqual(events[0]!.variables, ['1', '2']);
      await refuses(0x8009400b);
    });

    test('the registry is corrupted: values of another type', async () => {
      await writeRegistry(world, 'KRACertHash', { type: 'REG_SZ', data: 'kra1' });
      const events = await eventsOfRestart(world);
      assert.deepEqual(ids(events), [83]);
      assert.match(events[0]!.text, /0x8007000d \(WIN32: 13 ERROR_INVALID_DATA\)$/);
      await refuses(0x8009400b);
      await writeKraList(world, [agents[0]!.certificate], 1);
      await writeRegistry(world, 'KRACertCount', { type: 'REG_SZ', data: '1' });
      assert.deepEqual(ids(await eventsOfRestart(world)), [83]);
      await refuses(0x8009400b);
    });

    test('the count of KRA certificate hashes in the registry equals zero', async () => {
      await writeKraList(world, [], 1);
      const events = await eventsOfRestart(world);
      assert.deepEqual(ids(events), [83]);
      assert.match(events[0]!.text, /0x80070002 \(WIN32: 2 ERROR_FILE_NOT_FOUND\)$/);
      await refuses(0x8009400a);
    });

    test('a hash in the registry is that of a certificate that is not a KRA certificate', async () => {
      const { certificate } = await (await world.as('alice')).exchangeCertificate();
      await writeKraList(world, [agents[0]!.certificate, certificate], 2);
      const events = await eventsOfRestart(world);
      assert.deepEqual(ids(events), [84, 82, 83]);
      assert.match(events[0]!.text, /0x800b0110 \(-2146762480 CERT_E_WRONG_USAGE\)$/);
      assert.deepEqual(await states(), [KRA_DISP.VALID, KRA_DISP.INVALID]);
      await refuses(0x8009400b);
    });

    test('the KRA certificates are revoked', async () => {
      await revokeIssued(world, agents[1]!.certificate);
      const events = await eventsOfRestart(world);
      assert.deepEqual(ids(events), [84, 82, 83]);
      assert.match(
        events[0]!.text,
        /^\S.* will not use key recovery certificate 1 because it could not be verified for use as a Key Recovery Agent\. {2}CN=kra2, CN=Users, DC=contoso, DC=com {2}/,
      );
      assert.match(events[0]!.text, /0x80092010 \(-2146885616 CRYPT_E_REVOKED\)$/);
      await refuses(0x8009400b);
    });

    test('the KRA certificates are expired', async () => {
      world.now = new Date('2028-12-21T09:00:00Z');
      await (await world.as('Administrator')).publishCrl();
      const events = await eventsOfRestart(world);
      assert.deepEqual(ids(events), [84, 84, 82, 83]);
      assert.match(events[0]!.text, /0x800b0101 \(-2146762495 CERT_E_EXPIRED\)$/);
      assert.deepEqual(events[2]!.variables, ['0', '2']);
      await refuses(0x8009400b);
    });

    test('the KRA certificates are invalid: the revocation server is offline', async () => {
      // Past the next update of the only CRL there is.
      world.now = new Date(world.now.getTime() + 10 * DAY);
      const events = await eventsOfRestart(world);
      assert.deepEqual(ids(events), [84, 84, 82, 83]);
      assert.match(events[0]!.text, /0x80092013 \(-2146885613 CRYPT_E_REVOCATION_OFFLINE\)$/);
      assert.deepEqual(await states(), [KRA_DISP.INVALID, KRA_DISP.INVALID]);
    });
  });

  test('one missing is told, and the others are used where they suffice', async () => {
    await writeKraList(world, ['00'.repeat(20), agents[0]!.certificate], 1);
    const events = await eventsOfRestart(world);
    assert.deepEqual(ids(events), [85]);
    // Nobody knows whose it was: as document 004 prints it, without a subject.
    assert.deepEqual(events[0]!.variables.slice(0, 2), ['0', '']);
    assert.deepEqual(await states(), [KRA_DISP.NOTFOUND, KRA_DISP.VALID]);
    assert.equal((await archive()).disposition, 'issued');
  });

  test('a running CA warns before an agent ends, once, and stops archiving when too few are left', async () => {
    const end = new Date('2028-11-20T08:50:00Z').getTime();
    const at = async (time: number) => {
      world.now = new Date(time);
      await (await world.as('Administrator')).publishCrl();
    };
    await at(end - 31 * DAY);
    assert.deepEqual(ids(await eventsOfRestart(world)), []);
    assert.deepEqual(ids(await eventsOf(world, archive)), []);
    await at(end - 29 * DAY);
    const warnings = await eventsOf(world, archive);
    assert.deepEqual(ids(warnings), [127, 127]);
    assert.equal(warnings[0]!.level, 'warning');
    assert.match(
      warnings[0]!.text,
      /^Key recovery certificate 0 is about to expire soon and will not be used upon expiration\. Contact your adminstrator to renew this certificate\. {2}CN=kra1, CN=Users, DC=contoso, DC=com {2}.* 0x800b0101 \(-2146762495 CERT_E_EXPIRED\)$/,
    );
    assert.deepEqual(ids(await eventsOf(world, archive)), []);
    await at(end + DAY);
    const ended = await eventsOf(world, async () => {
      assert.equal((await archive()).statusCode >>> 0, 0x8009400b);
    });
    assert.deepEqual(ids(ended), [84, 84, 98, 21]);
    assert.equal(
      ended[2]!.text,
      `${ADCS} encountered errors validating configured key recovery certificates. Requests to archive private keys will no longer be accepted.`,
    );
    assert.deepEqual(ended[2]!.variables, []);
    await refuses(0x8009400b);
  });

  test('one of two ended since the start: keys go to the other', async () => {
    await writeKraList(
      world,
      agents.map(({ certificate }) => certificate),
      1,
    );
    await world.restart();
    // kra3 enrolls a year later, and so ends a year later.
    world.now = new Date(world.now.getTime() + 365 * DAY);
    await (await world.as('Administrator')).publishCrl();
    const [late] = await world.enrollAgents(['kra3'], 1);
    await writeKraList(world, [agents[0]!.certificate, late!.certificate], 1);
    await world.restart();
    world.now = new Date('2028-12-21T09:00:00Z');
    await (await world.as('Administrator')).publishCrl();
    const hash = (await thumbprintOf(world, late!.certificate)).replace(/..(?=.)/g, '$& ');
    for (let n = 0; n < 3; n++) {
      const { requestId, disposition } = await archive();
      assert.equal(disposition, 'issued');
      assert.equal((await world.ports.database.request(requestId))!.KeyRecoveryHashes, hash);
    }
    assert.equal((await world.eventIds()).filter((id) => id === 98).length, 0);
  });
});
