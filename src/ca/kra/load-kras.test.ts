import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { szOID_KP_KEY_RECOVERY_AGENT } from '#pki/asn1/oid-table';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { type Agent, AuthorityWorld, collect } from '#test/support/authority-world';
import {
  archiveAsAlice,
  eventsOfRestart,
  kraStates,
  revokeIssued,
  thumbprintOf,
  writeKraList,
  writeRegistry,
} from '#test/support/kra-list';
import { newKey } from '#test/support/requester';
import { issue } from '#test/support/x509-hierarchy';
import { KRA_DISP } from './check-kra.ts';

describe('loading key recovery agents', () => {
  const DAY = 86_400_000;
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

  async function idsOfRestart(): Promise<number[]> {
    return (await eventsOfRestart(world)).map(({ eventId }) => eventId);
  }

  test('two valid agents: no event, and both are used', async () => {
    assert.deepEqual(await idsOfRestart(), []);
    assert.deepEqual(await states(), [KRA_DISP.VALID, KRA_DISP.VALID]);
    assert.equal((await archive()).disposition, 'issued');
  });

  test('revoked: event 84, too few are left: event 82 and 0x8009400b, and the CA runs', async () => {
    await revokeIssued(world, agents[0]!.certificate);
    // Loaded before, and used until the service starts again.
    assert.equal((await archive()).disposition, 'issued');
    assert.deepEqual(await idsOfRestart(), [84, 82, 83]);
    assert.deepEqual(await states(), [KRA_DISP.REVOKED, KRA_DISP.VALID]);
    const outcome = await archive();
    assert.equal(outcome.statusCode, 0x8009400b);
    assert.equal(outcome.dispositionMessage, 'Error Archiving Private Key');
    assert.equal((await world.ports.database.request(outcome.requestId))!.RawArchivedKey, null);
  });

  test('a damaged file in the KRA store: event 85 with its code for that agent, the others are loaded', async () => {
    const thumbprint = await thumbprintOf(world, agents[0]!.certificate);
    const path = join(world.folder, 'stores', 'KRA', 'Certificates', thumbprint.toUpperCase(), 'certificate.crt');
    writeFileSync(path, 'something else');
    const events = await eventsOfRestart(world);
    assert.deepEqual(
      events.map(({ eventId }) => eventId),
      [85, 82, 83],
    );
    assert.match(events[0]!.text, /ignored key recovery certificate 0 .*kra1.*0x8007000d/s);
    assert.deepEqual(await states(), [KRA_DISP.INVALID, KRA_DISP.VALID]);
    await writeRegistry(world, 'KRACertCount', { type: 'REG_DWORD', data: 1 });
    assert.deepEqual(await idsOfRestart(), [85]);
    assert.equal((await archive()).disposition, 'issued');
    await world.ports.stores.add('KRA', agents[0]!.certificate);
    assert.deepEqual(await idsOfRestart(), []);
    assert.deepEqual(await states(), [KRA_DISP.VALID, KRA_DISP.VALID]);
  });

  test('expired, and about to expire', async () => {
    const end = new Date('2028-11-20T08:50:00Z').getTime();
    const at = async (time: number) => {
      world.now = new Date(time);
      await (await world.as('Administrator')).publishCrl();
      return idsOfRestart();
    };
    assert.deepEqual(await at(end - 31 * DAY), []);
    assert.deepEqual(await at(end - 29 * DAY), [127, 127]);
    assert.deepEqual(await states(), [KRA_DISP.VALID, KRA_DISP.VALID]);
    assert.deepEqual(await at(end + DAY), [84, 84, 82, 83]);
    assert.deepEqual(await states(), [KRA_DISP.EXPIRED, KRA_DISP.EXPIRED]);
  });

  test("a stranger's certificate, and one of ours without the purpose", async () => {
    const foreign = await issue({
      subject: 'CN=Foreign agent',
      extensions: [
        encodeExtension(EXTENSIONS.keyUsage, KEY_USAGE.keyEncipherment),
        encodeExtension(EXTENSIONS.extKeyUsage, [szOID_KP_KEY_RECOVERY_AGENT]),
      ],
      validity: { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2030-01-01T00:00:00Z') },
      key: (await newKey(engine)).key,
    });
    const wrong = await (await world.as('Administrator')).exchangeCertificate();
    await writeKraList(world, [foreign.certificate.raw, wrong.certificate], 1);
    assert.deepEqual(await idsOfRestart(), [84, 84, 82, 83]);
    assert.deepEqual(await states(), [KRA_DISP.UNTRUSTED, KRA_DISP.INVALID]);
    assert.equal((await archive()).statusCode, 0x8009400b);
  });

  test('no list, or a count of nothing, is archival that is off: 0x8009400a', async () => {
    await writeKraList(world, [], 1);
    assert.deepEqual(await idsOfRestart(), [83]);
    assert.equal((await archive()).statusCode, 0x8009400a);
    await writeKraList(
      world,
      agents.map(({ certificate }) => certificate),
      0,
    );
    assert.deepEqual(await idsOfRestart(), []);
    assert.equal((await archive()).statusCode, 0x8009400a);
    assert.deepEqual(await states(), [KRA_DISP.NOTLOADED, KRA_DISP.NOTLOADED]);
  });

  test('agents chosen since the start are not loaded yet', async () => {
    const [first] = agents;
    await (await world.as('Administrator')).setKeyRecoveryAgents([first!.certificate], 1);
    assert.deepEqual(await states(), [KRA_DISP.VALID]);
    const third = (await world.enrollAgents(['kra3'], 1))[0]!;
    await (await world.as('Administrator')).setKeyRecoveryAgents([third.certificate, first!.certificate], 1);
    assert.deepEqual(await states(), [KRA_DISP.VALID, KRA_DISP.NOTLOADED]);
  });

  test('choosing agents: refusals leave everything as it was', async () => {
    const admin = await world.as('Administrator');
    const certificates = agents.map(({ certificate }) => certificate);
    const exchange = (await admin.exchangeCertificate()).certificate;
    const before = await world.state();
    await assert.rejects((await world.as('alice')).setKeyRecoveryAgents(certificates, 1), {
      symbol: 'ERROR_ACCESS_DENIED',
    });
    await assert.rejects(admin.setKeyRecoveryAgents(certificates, 3), { symbol: 'ERROR_INVALID_PARAMETER' });
    await assert.rejects(admin.setKeyRecoveryAgents([certificates[0]!, certificates[0]!], 1), {
      symbol: 'ERROR_INVALID_PARAMETER',
    });
    await assert.rejects(admin.setKeyRecoveryAgents([exchange], 1), { symbol: 'CERT_E_WRONG_USAGE' });
    await assert.rejects(admin.setKeyRecoveryAgents([Uint8Array.of(1)], 1));
    assert.deepEqual(await world.state(), before);
  });

  test("retrieval without the agent's certificate in the store: 0x80092004, the row and the audit untouched", async () => {
    const { requestId } = await archive();
    await world.ports.stores.remove('KRA', agents[1]!.certificate);
    const before = await world.state();
    const entries = (await collect(world.ports.database.audit())).length;
    const admin = await world.as('Administrator');
    await assert.rejects(admin.getArchivedKey(requestId), { symbol: 'CRYPT_E_NOT_FOUND' });
    assert.deepEqual(await world.state(), before);
    assert.equal((await collect(world.ports.database.audit())).length, entries);
    // Who could open it is told all the same, as far as it is known.
    const recipients = await admin.recoveryRecipients(requestId);
    assert.deepEqual(recipients.map(({ subject }) => subject !== undefined).sort(), [false, true]);
    await world.ports.stores.add('KRA', agents[1]!.certificate);
    assert.equal((await admin.getArchivedKey(requestId)).recipients.length, 2);
  });
});
