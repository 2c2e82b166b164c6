import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeFullResponse } from '#pki/cmc/full-response';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { archivalRequest, newKey, pkcs10, type RequesterKey } from '#test/support/requester';
import { CR_FLG, DB_DISP } from '../schema/dispositions.ts';
import { enrollmentFlag, privateKeyFlag } from '../template/flags.ts';

let world: AuthorityWorld;
let key: RequesterKey;

before(async () => {
  world = await AuthorityWorld.create();
  key = await newKey(engine);
  await world.enrollAgents(['kra1', 'kra2'], 1);
  const pended = { enrollmentFlags: enrollmentFlag('CT_FLAG_PEND_ALL_REQUESTS') };
  await world.addTemplate('EFS', 'Pended', pended);
  await world.addTemplate('EFS', 'PendedArchive', {
    ...pended,
    privateKeyFlags: privateKeyFlag('CT_FLAG_REQUIRE_PRIVATE_KEY_ARCHIVAL'),
  });
  await world.publish('Pended', 'PendedArchive');
  await (await world.as('Administrator')).setRights('CONTOSO\\officer', ['Officer']);
});
after(() => world.close());

async function pend(template = 'Pended'): Promise<number> {
  const outcome = await (await world.as('alice')).submit({
    request: await pkcs10(engine, key),
    attributes: `CertificateTemplate:${template}`,
  });
  assert.equal(outcome.disposition, 'pending', outcome.dispositionMessage);
  return outcome.requestId;
}

async function pendWithKey(): Promise<number> {
  const alice = await world.as('alice');
  const { certificate } = await alice.exchangeCertificate();
  const request = await archivalRequest(engine, await newKey(engine), certificate, 'PendedArchive');
  const outcome = await alice.submit({ request, attributes: '' });
  assert.equal(outcome.disposition, 'pending', outcome.dispositionMessage);
  return outcome.requestId;
}

const row = async (requestId: number) => (await world.ports.database.request(requestId))!;

test('a request that waits, and what its requester is answered meanwhile', async () => {
  const requestId = await pend();
  const outcome = await (await world.as('alice')).retrieve(requestId);
  assert.equal(outcome.dispositionMessage, 'Taken Under Submission');
  assert.equal(outcome.statusCode, 0);
  assert.equal(outcome.certificate, undefined);
  assert.equal(outcome.certificateChain, undefined);
  assert.equal(decodeFullResponse(outcome.fullResponse!).statusInfo?.cMCStatus, 3);
  assert.equal((await row(requestId)).Disposition, DB_DISP.PENDING);
  assert.equal((await row(requestId)).ResolvedWhen, null);
  assert.equal(await world.ports.database.certificate(requestId), undefined);
});

test("issued by a certificate manager: the message names him, the certificate is the requester's", async () => {
  const requestId = await pend();
  const outcome = await (await world.as('officer')).resubmit(requestId);
  assert.equal(outcome.disposition, 'issued');
  assert.equal(outcome.dispositionMessage, 'Issued  Resubmitted by CONTOSO\\officer');
  assert.equal((await row(requestId)).RequesterName, 'CONTOSO\\alice');
  assert.match((await world.ports.database.certificate(requestId))!.CommonName!, /^alice/);
  assert.equal((await (await world.as('alice')).retrieve(requestId)).certificate?.length, outcome.certificate!.length);
  await assert.rejects((await world.as('officer')).resubmit(requestId), { symbol: 'CERTSRV_E_BAD_REQUESTSTATUS' });
  const ids = (await collect(world.ports.database.audit())).map(({ record }) => record.eventId);
  assert.deepEqual(ids.slice(-2), [4869, 4887]);
});

test('denied by a certificate manager', async () => {
  const requestId = await pend();
  await (await world.as('officer')).deny(requestId);
  const outcome = await (await world.as('alice')).retrieve(requestId);
  assert.equal(outcome.disposition, 'denied');
  assert.equal(outcome.dispositionMessage, 'Denied by CONTOSO\\officer');
  assert.equal(outcome.statusCode, 0x80094014);
  await assert.rejects((await world.as('officer')).deny(requestId), { symbol: 'CERTSRV_E_BAD_REQUESTSTATUS' });
  // He may change his mind: no key was archived with it.
  assert.equal((await (await world.as('officer')).resubmit(requestId)).disposition, 'issued');
});

test('only certificate managers decide, and a stranger learns nothing', async () => {
  const requestId = await pend();
  const before = await world.state();
  for (const name of ['alice', 'bob']) {
    await assert.rejects((await world.as(name)).resubmit(requestId), { symbol: 'ERROR_ACCESS_DENIED' });
    await assert.rejects((await world.as(name)).deny(requestId), { symbol: 'ERROR_ACCESS_DENIED' });
  }
  const bob = await world.as('bob');
  const unknown = await bob.retrieve(999_999).catch((error) => error);
  const others = await bob.retrieve(requestId).catch((error) => error);
  assert.equal(others.symbol, 'CERTSRV_E_PROPERTY_EMPTY');
  assert.equal(others.message.replace(String(requestId), '999999'), unknown.message);
  const officer = await world.as('officer');
  await assert.rejects(officer.resubmit(999_999), { symbol: 'CERTSRV_E_PROPERTY_EMPTY' });
  await assert.rejects(officer.deny(999_999), { symbol: 'CERTSRV_E_PROPERTY_EMPTY' });
  assert.deepEqual(await world.state(), before);
});

test('a certificate is retrieved by its serial number too, by its requester and by a manager', async () => {
  const requestId = await pend();
  const { certificate } = await (await world.as('officer')).resubmit(requestId);
  const serial = (await world.ports.database.certificate(requestId))!.SerialNumber!;
  for (const name of ['alice', 'officer']) {
    assert.deepEqual((await (await world.as(name)).retrieve(serial.toUpperCase())).certificate, certificate);
  }
  await assert.rejects((await world.as('bob')).retrieve(serial), { symbol: 'CERTSRV_E_PROPERTY_EMPTY' });
});

test('two managers at once: one certificate, and the other is told', async () => {
  const officer = await world.as('officer');
  const admin = await world.as('Administrator');
  for (let round = 0; round < 5; round++) {
    const requestId = await pend();
    const results = await Promise.allSettled([officer.resubmit(requestId), admin.resubmit(requestId)]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const refused = results.find((result) => result.status === 'rejected')!;
    assert.equal(refused.reason.symbol, 'CERTSRV_E_BAD_REQUESTSTATUS');
    assert.equal((await row(requestId)).Disposition, DB_DISP.ISSUED);
  }
});

test('one issues while the other denies: what came first holds', async () => {
  const officer = await world.as('officer');
  const admin = await world.as('Administrator');
  for (let round = 0; round < 5; round++) {
    const requestId = await pend();
    const results = await Promise.allSettled([officer.resubmit(requestId), admin.deny(requestId)]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const isIssued = results[0]!.status === 'fulfilled';
    assert.equal((await row(requestId)).Disposition, isIssued ? DB_DISP.ISSUED : DB_DISP.DENIED);
    assert.equal((await world.ports.database.certificate(requestId)) !== undefined, isIssued);
  }
});

test('one issues while policy makes the other deny: the row is what one of them made it', async () => {
  const officer = await world.as('officer');
  const admin = await world.as('Administrator');
  const published = (await admin.templates()).map(({ commonName }) => commonName);
  for (let round = 0; round < 5; round++) {
    const requestId = await pend();
    const first = officer.resubmit(requestId);
    const withdrawn = admin.setTemplates(published.filter((name) => name !== 'Pended'));
    const results = await Promise.allSettled([first, admin.resubmit(requestId)]);
    await withdrawn;
    await admin.setTemplates(published);
    const kept = results.filter((result) => result.status === 'fulfilled');
    assert.equal(kept.length, 1);
    const isIssued = kept[0]!.value.disposition === 'issued';
    assert.equal((await row(requestId)).Disposition, isIssued ? DB_DISP.ISSUED : DB_DISP.DENIED);
    assert.equal((await world.ports.database.certificate(requestId)) !== undefined, isIssued);
  }
});

test('a pended request keeps its sealed key and is recoverable once it is issued', async () => {
  const requestId = await pendWithKey();
  assert.notEqual((await row(requestId)).RawArchivedKey, null);
  const officer = await world.as('officer');
  await assert.rejects(officer.getArchivedKey(requestId), { symbol: 'CERTSRV_E_BAD_REQUESTSTATUS' });
  const outcome = await officer.resubmit(requestId);
  assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
  assert.notEqual(decodeFullResponse(outcome.fullResponse!).encryptedKeyHash, undefined);
  assert.equal((await officer.getArchivedKey(requestId)).recipients.length, 1);
});

test('a denied archival request loses its key and is not issued afterwards', async () => {
  const requestId = await pendWithKey();
  const officer = await world.as('officer');
  await officer.deny(requestId);
  const denied = await row(requestId);
  assert.equal(denied.RawArchivedKey, null);
  assert.equal(denied.KeyRecoveryHashes, null);
  assert.equal(denied.RequestFlags! & CR_FLG.VALIDENCRYPTEDKEYHASH, 0);
  const outcome = await officer.resubmit(requestId);
  assert.equal(outcome.disposition, 'denied');
  assert.equal(outcome.statusCode, 0x80094804);
  assert.equal(await world.ports.database.certificate(requestId), undefined);
});

test('policy denies a resubmitted archival request: its key goes too', async () => {
  const requestId = await pendWithKey();
  const admin = await world.as('Administrator');
  const published = (await admin.templates()).map(({ commonName }) => commonName);
  await admin.setTemplates(published.filter((name) => name !== 'PendedArchive'));
  const outcome = await (await world.as('officer')).resubmit(requestId);
  assert.equal(outcome.disposition, 'denied');
  assert.equal(outcome.statusCode, 0x80094800);
  assert.equal((await row(requestId)).RawArchivedKey, null);
  await admin.setTemplates(published);
});

test('where archival was voluntary, a denied and resubmitted request does not claim that its key was archived', async () => {
  const admin = await world.as('Administrator');
  await admin.setRegistry({ path: '', name: 'KRAFlags', value: { type: 'REG_DWORD', data: 4 } });
  const alice = await world.as('alice');
  const { certificate } = await alice.exchangeCertificate();
  const request = await archivalRequest(engine, await newKey(engine), certificate, 'Pended');
  const { requestId } = await alice.submit({ request, attributes: '' });
  assert.notEqual((await row(requestId)).RawArchivedKey, null);
  const officer = await world.as('officer');
  await officer.deny(requestId);
  const outcome = await officer.resubmit(requestId);
  assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
  assert.equal(decodeFullResponse(outcome.fullResponse!).encryptedKeyHash, undefined);
  assert.equal((await row(requestId)).RawArchivedKey, null);
  await admin.setRegistry({ path: '', name: 'KRAFlags', value: { type: 'REG_DWORD', data: 0 } });
});

test('a request that could not be read is not resubmitted, nor one whose requester is gone', async () => {
  const alice = await world.as('alice');
  const { requestId } = await alice.submit({ request: Uint8Array.of(1, 2, 3), attributes: '' });
  const officer = await world.as('officer');
  await assert.rejects(officer.resubmit(requestId), { symbol: 'CERTSRV_E_BAD_REQUESTSTATUS' });

  await world.directory.addUser({ accountName: 'leaver', mail: 'leaver@contoso.com' });
  const left = await (await world.as('leaver')).submit({
    request: await pkcs10(engine, key),
    attributes: 'CertificateTemplate:Pended',
  });
  await world.directory.remove((await world.principal('CONTOSO\\leaver')).object.distinguishedName);
  await assert.rejects(officer.resubmit(left.requestId), { symbol: 'ERROR_NONE_MAPPED' });
  assert.equal((await row(left.requestId)).Disposition, DB_DISP.PENDING);
});

test('the certificate names the subject of today: the plan is made when the manager approves', async () => {
  await world.directory.addUser({ accountName: 'mover', mail: 'old@contoso.com' });
  await world.addTemplate('User', 'PendedUser', { enrollmentFlags: enrollmentFlag('CT_FLAG_PEND_ALL_REQUESTS') });
  await world.publish('PendedUser');
  const { requestId } = await (await world.as('mover')).submit({
    request: await pkcs10(engine, key),
    attributes: 'CertificateTemplate:PendedUser',
  });
  const { object } = await world.principal('CONTOSO\\mover');
  await world.directory.put(object.distinguishedName, new Map([['mail', ['new@contoso.com']]]));
  const { certificate } = await (await world.as('officer')).resubmit(requestId);
  assert.ok(Buffer.from(decodeCertificate(certificate!).raw).includes('new@contoso.com'));
});
