import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { hresult } from '#hresult/hresult-error';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { AuthorityWorld } from '#test/support/authority-world';
import { hookedPorts, type PortHooks } from '#test/support/hooked-ports';
import { verifyCertificate } from '#test/support/openssl';
import { archivalRequest, newKey, pkcs10, type RequesterKey } from '#test/support/requester';
import { DB_DISP } from '../schema/dispositions.ts';

describe('a key that fails', () => {
  const hooks: PortHooks = {};
  let world: AuthorityWorld;
  let key: RequesterKey;

  before(async () => {
    world = await AuthorityWorld.create({ wrap: (ports) => hookedPorts(ports, hooks) });
    await world.enrollAgents(['kra1'], 1);
    await world.publishArchivalTemplate();
    key = await newKey(engine);
  });
  beforeEach(() => {
    delete hooks.commit;
    delete hooks.sign;
  });
  after(() => world.close());

  const deviceGone = async (): Promise<never> => {
    throw hresult('NTE_DEVICE_NOT_READY');
  };

  async function fail(): Promise<{ requestId: number; serialNumber: string }> {
    const alice = await world.as('alice');
    const { certificate } = await alice.exchangeCertificate();
    const request = await archivalRequest(engine, key, certificate, 'ArchiveEFS');
    hooks.sign = deviceGone;
    const { requestId } = await alice.submit({ request, attributes: '', fullResponse: false });
    delete hooks.sign;
    const row = (await world.ports.database.request(requestId))!;
    assert.equal(row.Disposition, DB_DISP.ERROR);
    assert.equal(row.DispositionMessage, 'Error Constructing or Publishing Certificate');
    assert.notEqual(row.RawArchivedKey, null);
    assert.equal((await world.eventIds()).at(-1), 21);
    return { requestId, serialNumber: (await world.ports.database.certificate(requestId))!.SerialNumber! };
  }

  test('a key that fails leaves an error, and a resubmission signs the bytes that were recorded', async () => {
    const { requestId, serialNumber } = await fail();
    const officer = await world.as('Administrator');
    hooks.sign = deviceGone;
    await officer.resubmit(requestId).catch(() => undefined);
    assert.equal((await world.ports.database.request(requestId))!.Disposition, DB_DISP.ERROR);
    delete hooks.sign;
    const outcome = await officer.resubmit(requestId);
    assert.equal(outcome.dispositionMessage, 'Issued  Resubmitted by CONTOSO\\Administrator');
    const { tbsCertificate } = decodeCertificate(outcome.certificate!);
    assert.equal(Buffer.from(tbsCertificate.serialNumber).toString('hex'), serialNumber);
    assert.equal((await officer.getArchivedKey(requestId)).recipients.length, 1);
    assert.deepEqual(await world.ports.database.signings(), []);
  });

  test('a restart does not issue what ended in an error', async () => {
    const { requestId } = await fail();
    await world.restart();
    assert.equal((await world.ports.database.request(requestId))!.Disposition, DB_DISP.ERROR);
    assert.equal((await world.ports.database.certificate(requestId))!.RawCertificate, null);
  });

  test('what policy denies in between is given up: no key, no second certificate under the row', async () => {
    const { requestId, serialNumber } = await fail();
    const admin = await world.as('Administrator');
    const published = (await admin.templates()).map(({ commonName }) => commonName);
    await admin.setTemplates(published.filter((name) => name !== 'ArchiveEFS'));
    assert.equal((await admin.resubmit(requestId)).disposition, 'denied');
    await admin.setTemplates(published);
    assert.equal((await world.ports.database.request(requestId))!.RawArchivedKey, null);
    await assert.rejects(admin.resubmit(requestId), { symbol: 'CERTSRV_E_BAD_REQUESTSTATUS' });
    assert.equal((await world.ports.database.certificate(requestId))!.SerialNumber, serialNumber);
  });

  test('a signature that does not verify never leaves', async () => {
    hooks.sign = async (run) => {
      const signature = await run();
      signature[10]! ^= 1;
      return signature;
    };
    const { requestId, ...outcome } = await (await world.as('alice')).submit({
      request: await pkcs10(engine, key),
      attributes: 'CertificateTemplate:EFS',
      fullResponse: false,
    });
    assert.equal(outcome.disposition, 'error');
    assert.equal(outcome.statusCode, 0x80090006);
    assert.equal((await world.ports.database.certificate(requestId))!.RawCertificate, null);
  });

  test('a restart under another hash signs what was recorded as it was recorded', async () => {
    let isDead = false;
    const dead = new Error('the process is gone');
    hooks.sign = async () => {
      isDead = true;
      throw dead;
    };
    hooks.commit = (_, run) => (isDead ? Promise.reject(dead) : run());
    const alice = await world.as('alice');
    const request = await pkcs10(engine, key);
    await assert.rejects(alice.submit({ request, attributes: 'CertificateTemplate:EFS' }), dead);
    delete hooks.sign;
    delete hooks.commit;
    const [signing] = (await world.ports.database.signings()).slice(-1);
    const admin = await world.as('Administrator');
    await admin.setRegistry({ path: 'CSP', name: 'CNGHashAlgorithm', value: { type: 'REG_SZ', data: 'SHA512' } });
    await world.restart();
    const { certificate } = await (await world.as('alice')).retrieve(signing!.RequestID);
    assert.deepEqual(decodeCertificate(certificate!).tbsCertificate.raw, signing!.toBeSigned);
    const ca = world.authority.current.certificate.raw;
    assert.match(verifyCertificate(certificate!, ca, world.now), /: OK$/m);
  });
});
