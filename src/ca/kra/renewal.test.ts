/** Agents over the years: document 004, "Renewing Key Recovery Agent Certificates". */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { decodeEnvelopedData } from '#pki/cms/enveloped-data';
import { openData, recipientOf } from '#pki/cms/open';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { type Agent, AuthorityWorld } from '#test/support/authority-world';
import { archivalRequest, keyBlobOf, newKey, pkcs10, type RequesterKey } from '#test/support/requester';

describe('renewing key recovery agents', () => {
  let world: AuthorityWorld;
  let old: Agent;

  beforeEach(async () => {
    world = await AuthorityWorld.create();
    [old] = (await world.enrollAgents(['kra1'], 1)) as [Agent];
    await world.publishArchivalTemplate();
  });
  afterEach(() => world.close());

  /** kra1 enrolls once more, with this key, and takes the place of his old certificate in the list. */
  async function renew(key: RequesterKey): Promise<Agent> {
    await world.directory.addMember('CONTOSO\\Domain Admins', 'CONTOSO\\kra1');
    const attributes = 'CertificateTemplate:KeyRecoveryAgent';
    const request = await pkcs10(engine, key);
    const { requestId } = await (await world.as('kra1')).submit({ request, attributes });
    const admin = await world.as('Administrator');
    const { certificate } = await admin.resubmit(requestId);
    const [chosen] = await admin.keyRecoveryAgents();
    await admin.changeKeyRecoveryAgents({ add: [certificate!], remove: [chosen!.thumbprint] });
    await world.restart();
    return { certificate: certificate!, key };
  }

  async function archive(): Promise<{ requestId: number; key: RequesterKey }> {
    const key = await newKey(engine);
    const alice = await world.as('alice');
    const { certificate } = await alice.exchangeCertificate();
    const request = await archivalRequest(engine, key, certificate, 'ArchiveEFS');
    const { requestId, disposition } = await alice.submit({ request, attributes: '' });
    assert.equal(disposition, 'issued');
    return { requestId, key };
  }

  async function opens(agent: Agent, { requestId, key }: { requestId: number; key: RequesterKey }): Promise<boolean> {
    const sealed = decodeEnvelopedData((await world.ports.database.request(requestId))!.RawArchivedKey!);
    const recipient = recipientOf(decodeCertificate(agent.certificate), await engine.importPrivateKey(agent.key.pkcs8));
    try {
      assert.deepEqual(await openData(sealed, recipient, engine), keyBlobOf(key));
      return true;
    } catch (error) {
      assert.equal((error as { symbol?: string }).symbol, 'CRYPT_E_RECIPIENT_NOT_FOUND');
      return false;
    }
  }

  test('with a new key: each key opens what was sealed to it, and both BLOBs are given out', async () => {
    const before = await archive();
    const renewed = await renew(await newKey(engine));
    const after = await archive();
    assert.deepEqual([await opens(old, before), await opens(renewed, before)], [true, false]);
    assert.deepEqual([await opens(old, after), await opens(renewed, after)], [false, true]);
    const officer = await world.as('Administrator');
    for (const { requestId } of [before, after])
      assert.equal((await officer.getArchivedKey(requestId)).recipients.length, 1);
  });

  test('with the same key: it opens what was sealed to either certificate', async () => {
    const before = await archive();
    const renewed = await renew(old.key);
    const after = await archive();
    assert.notDeepEqual(renewed.certificate, old.certificate);
    // By the name each BLOB has him under, and one key for both.
    assert.deepEqual([await opens(old, before), await opens(renewed, after)], [true, true]);
    assert.deepEqual(renewed.key.pkcs8, old.key.pkcs8);
  });

  test('after the end of the old certificate, what was sealed to it is still given out', async () => {
    const before = await archive();
    world.now = new Date('2028-10-21T09:00:00Z');
    await (await world.as('Administrator')).publishCrl();
    const renewed = await renew(await newKey(engine));
    world.now = new Date('2028-12-21T09:00:00Z');
    await (await world.as('Administrator')).publishCrl();
    await world.restart();
    assert.equal((await (await world.as('Administrator')).getArchivedKey(before.requestId)).recipients.length, 1);
    assert.equal(await opens(old, before), true);
    assert.equal(await opens(renewed, await archive()), true);
  });
});
