import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { szOID_KP_KEY_RECOVERY_AGENT } from '#pki/asn1/oid-table';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { type Agent, AuthorityWorld, collect } from '#test/support/authority-world';
import { archivalRequest, newKey } from '#test/support/requester';
import { issue } from '#test/support/x509-hierarchy';
import { DB_DISP } from '../schema/dispositions.ts';
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

  async function archive() {
    const alice = await world.as('alice');
    const { certificate } = await alice.exchangeCertificate();
    const request = await archivalRequest(engine, await newKey(engine), certificate, 'ArchiveEFS');
    return alice.submit({ request, attributes: '' });
  }

  async function states(): Promise<number[]> {
    return (await (await world.as('Administrator')).info()).kras.map(({ state }) => state);
  }

  /** Ids of the events that a restart writes, but for the start itself. */
  async function eventsOfRestart(): Promise<number[]> {
    const before = (await world.eventIds()).length;
    await world.restart();
    return (await world.eventIds()).slice(before).filter((id) => id !== 26);
  }

  async function revoke(certificate: Uint8Array): Promise<void> {
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

  /** Writes the list past the checks of setKeyRecoveryAgents, as an administrator with -setreg does. */
  async function choose(certificates: readonly Uint8Array[], used: number): Promise<void> {
    const admin = await world.as('Administrator');
    const data: string[] = [];
    for (const certificate of certificates) {
      data.push(Buffer.from(await engine.digest('sha1', certificate)).toString('hex'));
      await world.ports.stores.add('KRA', certificate);
    }
    await admin.setRegistry({ path: '', name: 'KRACertHash', value: { type: 'REG_MULTI_SZ', data } });
    await admin.setRegistry({ path: '', name: 'KRACertCount', value: { type: 'REG_DWORD', data: used } });
  }

  test('two valid agents: no event, and both are used', async () => {
    assert.deepEqual(await eventsOfRestart(), []);
    assert.deepEqual(await states(), [KRA_DISP.VALID, KRA_DISP.VALID]);
    assert.equal((await archive()).disposition, 'issued');
  });

  test('revoked: event 84, too few are left: event 82 and 0x8009400b, and the CA runs', async () => {
    await revoke(agents[0]!.certificate);
    // Loaded before, and used until the service starts again.
    assert.equal((await archive()).disposition, 'issued');
    assert.deepEqual(await eventsOfRestart(), [84, 82]);
    assert.deepEqual(await states(), [KRA_DISP.REVOKED, KRA_DISP.VALID]);
    const outcome = await archive();
    assert.equal(outcome.statusCode, 0x8009400b);
    assert.equal(outcome.dispositionMessage, 'Error Archiving Private Key');
    assert.equal((await world.ports.database.request(outcome.requestId))!.RawArchivedKey, null);
  });

  test('expired, and about to expire', async () => {
    const end = new Date('2028-11-20T08:50:00Z').getTime();
    const at = async (time: number) => {
      world.now = new Date(time);
      await (await world.as('Administrator')).publishCrl();
      return eventsOfRestart();
    };
    assert.deepEqual(await at(end - 31 * DAY), []);
    assert.deepEqual(await at(end - 29 * DAY), [127, 127]);
    assert.deepEqual(await states(), [KRA_DISP.VALID, KRA_DISP.VALID]);
    assert.deepEqual(await at(end + DAY), [84, 84, 82]);
    assert.deepEqual(await states(), [KRA_DISP.EXPIRED, KRA_DISP.EXPIRED]);
  });

  test('not in the KRA store: event 85, and the rest are used where they suffice', async () => {
    const missing = '00'.repeat(20);
    const admin = await world.as('Administrator');
    const hash = Buffer.from(await engine.digest('sha1', agents[0]!.certificate)).toString('hex');
    const value = { type: 'REG_MULTI_SZ', data: [missing, hash] } as const;
    await admin.setRegistry({ path: '', name: 'KRACertHash', value });
    await admin.setRegistry({ path: '', name: 'KRACertCount', value: { type: 'REG_DWORD', data: 1 } });
    assert.deepEqual(await eventsOfRestart(), [85]);
    assert.deepEqual(await states(), [KRA_DISP.NOTFOUND, KRA_DISP.VALID]);
    assert.equal((await archive()).disposition, 'issued');
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
    await choose([foreign.certificate.raw, wrong.certificate], 1);
    assert.deepEqual(await eventsOfRestart(), [84, 84, 82]);
    assert.deepEqual(await states(), [KRA_DISP.UNTRUSTED, KRA_DISP.INVALID]);
    assert.equal((await archive()).statusCode, 0x8009400b);
  });

  test('no list, or a count of nothing, is archival that is off: 0x8009400a', async () => {
    await choose([], 1);
    assert.deepEqual(await eventsOfRestart(), []);
    assert.equal((await archive()).statusCode, 0x8009400a);
    await choose(
      agents.map(({ certificate }) => certificate),
      0,
    );
    await world.restart();
    assert.equal((await archive()).statusCode, 0x8009400a);
    assert.deepEqual(await states(), [KRA_DISP.NOTLOADED, KRA_DISP.NOTLOADED]);
  });

  test('a store that cannot be read: event 83, and the CA starts', async () => {
    const { stores } = world.ports;
    const list: typeof stores.list = async (store) => {
      const entries = await stores.list(store);
      return store === 'KRA' ? [{ certificate: Uint8Array.of(0x30, 1), key: undefined }] : entries;
    };
    world.ports = { ...world.ports, stores: { ...stores, list } };
    assert.deepEqual(await eventsOfRestart(), [83]);
    assert.equal((await archive()).statusCode, 0x8009400b);
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
