import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseKeyRecoveryHashes } from '#ca/schema/key-recovery-hashes';
import { isHresult } from '#hresult/hresult-error';
import { decodeFullRequest } from '#pki/cmc/full-request';
import { decodeFullResponse } from '#pki/cmc/full-response';
import { decodePkcs7Request } from '#pki/cmc/pkcs7-request';
import { decodeEnvelopedData } from '#pki/cms/enveloped-data';
import { openData, recipientIdentifiers, recipientOf } from '#pki/cms/open';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { encodeCapiPrivateKeyBlob } from '#pki/keyblob/capi-blob';
import { decodeCertificate } from '#pki/x509/certificate';
import { type Agent, AuthorityWorld } from '#test/support/authority-world';
import { archivalRequest, newKey, pkcs7ArchivalRequest, pkcs10 } from '#test/support/requester';

let world: AuthorityWorld;
let agents: Agent[];

before(async () => {
  world = await AuthorityWorld.create();
  await world.publishArchivalTemplate();
});
after(() => world.close());

test('an archival request before agents are chosen is denied, and its row says why', async () => {
  const alice = await world.as('alice');
  const key = await newKey(engine);
  const { certificate } = await alice.exchangeCertificate();
  const outcome = await alice.submit({
    request: await archivalRequest(engine, key, certificate, 'ArchiveEFS'),
    attributes: '',
  });
  assert.equal(outcome.disposition, 'denied');
  assert.equal(outcome.statusCode, 0x8009400a);
  const row = await world.ports.database.request(outcome.requestId);
  assert.equal(row?.RawArchivedKey, null);
});

test('with 4 agents and a count of 2 each key is sealed to the next two, and each of them opens it', async () => {
  agents = await world.enrollAgents(['kra1', 'kra2', 'kra3', 'kra4'], 2);
  const alice = await world.as('alice');
  const exchange = (await alice.exchangeCertificate()).certificate;
  let start: number | undefined;
  for (let n = 0; n < 3; n++) {
    const key = await newKey(engine);
    const outcome = await alice.submit({
      request: await archivalRequest(engine, key, exchange, 'ArchiveEFS'),
      attributes: '',
    });
    assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
    const row = await world.ports.database.request(outcome.requestId);
    const configured = await Promise.all(
      agents.map(async ({ certificate }) => Buffer.from(await engine.digest('sha1', certificate)).toString('hex')),
    );
    const used = parseKeyRecoveryHashes(row!.KeyRecoveryHashes!).map((hash) => configured.indexOf(hash));
    start ??= used[0]!;
    assert.deepEqual(used, [(start + 2 * n) % 4, (start + 2 * n + 1) % 4]);

    const envelopedData = decodeEnvelopedData(row!.RawArchivedKey!);
    assert.equal(recipientIdentifiers(envelopedData).length, 2);
    // Document 004: 3DES; a new CA is configured for AES-256.
    assert.equal(envelopedData.encryptedContentInfo.contentEncryptionAlgorithm.algorithm, '2.16.840.1.101.3.4.1.42');
    for (const index of used) {
      const { certificate, key: agentKey } = agents[index]!;
      const opened = await openData(envelopedData, recipientOf(decodeCertificate(certificate), agentKey.key), engine);
      assert.deepEqual(Buffer.from(opened), Buffer.from(encodeCapiPrivateKeyBlob(key.pkcs8)));
    }
    const stranger = agents[(used[1]! + 1) % 4]!;
    await assert.rejects(
      openData(envelopedData, recipientOf(decodeCertificate(stranger.certificate), stranger.key.key), engine),
      { symbol: 'CRYPT_E_RECIPIENT_NOT_FOUND' },
    );
  }
});

test('the stored request has no key in it, and the response echoes its hash', async () => {
  const alice = await world.as('alice');
  const key = await newKey(engine);
  const request = await archivalRequest(engine, key, (await alice.exchangeCertificate()).certificate, 'ArchiveEFS');
  const outcome = await alice.submit({ request, attributes: '' });
  const row = await world.ports.database.request(outcome.requestId);
  const stored = decodeFullRequest(row!.RawRequest!);
  assert.equal(stored.archivedKey, undefined);
  assert.ok(row!.RawRequest!.length < request.length - 500);
  const response = decodeFullResponse(outcome.fullResponse!);
  assert.deepEqual(response.encryptedKeyHash, decodeFullRequest(request).encryptedKeyHash);
  assert.deepEqual(response.issuedCertHash, await engine.digest('sha1', outcome.certificate!));
});

test('a client that knows no CMC: the key in a PKCS #7 around its PKCS #10 is archived and its hash echoed', async () => {
  const alice = await world.as('alice');
  const key = await newKey(engine);
  const request = await pkcs7ArchivalRequest(engine, key, (await alice.exchangeCertificate()).certificate);
  const outcome = await alice.submit({ request, attributes: 'CertificateTemplate:ArchiveEFS' });
  assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
  const sent = decodePkcs7Request(request);
  const row = await world.ports.database.request(outcome.requestId);
  assert.equal(decodePkcs7Request(row!.RawRequest!).archivedKey, undefined);
  assert.deepEqual(decodeFullResponse(outcome.fullResponse!).encryptedKeyHash, sent.encryptedKeyHash);
  assert.ok(row!.RawArchivedKey);
  const later = await alice.retrieve(outcome.requestId);
  assert.deepEqual(decodeFullResponse(later.fullResponse!).encryptedKeyHash, sent.encryptedKeyHash);
});

test('an EC key is archived as Longhorn sends it', async () => {
  const alice = await world.as('alice');
  const key = await newKey(engine, { type: 'ec', curve: 'P-256' });
  const request = await archivalRequest(engine, key, (await alice.exchangeCertificate()).certificate, 'ArchiveEFS');
  const outcome = await alice.submit({ request, attributes: '' });
  assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
});

const refusals: readonly (readonly [
  fault: string,
  code: number,
  make: (exchange: Uint8Array) => Promise<Uint8Array>,
])[] = [
  [
    'another hash than the one signed for',
    0x80091007,
    async (exchange) =>
      archivalRequest(engine, await newKey(engine), exchange, 'ArchiveEFS', { hash: new Uint8Array(32) }),
  ],
  [
    "another key than the request's",
    0x80090003,
    async (exchange) =>
      archivalRequest(engine, await newKey(engine), exchange, 'ArchiveEFS', {
        keyBlob: encodeCapiPrivateKeyBlob((await newKey(engine)).pkcs8),
      }),
  ],
  [
    'a signature-only key',
    0x8009000a,
    async (exchange) => {
      const key = await newKey(engine);
      const keyBlob = encodeCapiPrivateKeyBlob(key.pkcs8);
      // CALG_RSA_SIGN in place of CALG_RSA_KEYX.
      keyBlob[5] = 0x24;
      return archivalRequest(engine, key, exchange, 'ArchiveEFS', { keyBlob });
    },
  ],
  ['no key where the template wants one', 0x80094804, async () => pkcs10(engine, await newKey(engine))],
  [
    'a key where the template wants none',
    0x80094810,
    async (exchange) => archivalRequest(engine, await newKey(engine), exchange, 'EFS'),
  ],
];

for (const [fault, code, make] of refusals) {
  test(`refused with 0x${code.toString(16)} and nothing archived: ${fault}`, async () => {
    const alice = await world.as('alice');
    const request = await make((await alice.exchangeCertificate()).certificate);
    const outcome = await alice.submit({
      request,
      attributes: request[4] === 0x30 ? 'CertificateTemplate:ArchiveEFS' : '',
    });
    assert.equal(outcome.disposition, 'denied', outcome.dispositionMessage);
    assert.equal(outcome.statusCode.toString(16), code.toString(16));
    const row = await world.ports.database.request(outcome.requestId);
    assert.equal(row?.RawArchivedKey, null);
    assert.equal(await world.ports.database.certificate(outcome.requestId), undefined);
  });
}

test('a key sealed to a stranger is refused', async () => {
  const alice = await world.as('alice');
  const outcome = await alice.submit({
    request: await archivalRequest(engine, await newKey(engine), agents[0]!.certificate, 'ArchiveEFS'),
    attributes: '',
  });
  assert.equal(outcome.statusCode, 0x8009100b);
});

test('3DES seals where the two configuration values are absent', async () => {
  const admin = await world.as('Administrator');
  await admin.removeRegistry('EncryptionCSP', 'CNGEncryptionAlgorithm');
  await admin.removeRegistry('EncryptionCSP', 'SymmetricKeySize');
  const alice = await world.as('alice');
  const request = await archivalRequest(
    engine,
    await newKey(engine),
    (await alice.exchangeCertificate()).certificate,
    'ArchiveEFS',
  );
  const { requestId } = await alice.submit({ request, attributes: '' });
  const row = await world.ports.database.request(requestId);
  assert.equal(
    decodeEnvelopedData(row!.RawArchivedKey!).encryptedContentInfo.contentEncryptionAlgorithm.algorithm,
    '1.2.840.113549.3.7',
  );
});

test('the certificate manager finds and retrieves; nobody else does, and each retrieval is on record first', async () => {
  const officer = await world.as('Administrator');
  const hits = await officer.searchArchivedKeys('alice');
  assert.ok(hits.length >= 5);
  for (const token of ['alice@contoso.com', 'CONTOSO\\alice', 'Users\\alice']) {
    assert.equal((await officer.searchArchivedKeys(token)).length, hits.length, token);
  }
  const [hit] = hits;
  const spaced = hit!.serialNumber.replace(/../g, '$& ').toUpperCase();
  assert.equal((await officer.searchArchivedKeys(spaced))[0]?.requestId, hit!.requestId);
  assert.equal(
    (await officer.searchArchivedKeys(Buffer.from(await engine.digest('sha1', hit!.certificate)).toString('hex')))[0]
      ?.requestId,
    hit!.requestId,
  );

  const { recoveryBlob, recipients } = await officer.getArchivedKey(hit!.requestId);
  assert.equal(recipients.length, 2);
  assert.ok(recoveryBlob.length > 2000);
  const kra = await world.as('alice');
  await assert.rejects(kra.getArchivedKey(hit!.requestId), { symbol: 'ERROR_ACCESS_DENIED' });
  await assert.rejects(kra.searchArchivedKeys('alice'), { symbol: 'ERROR_ACCESS_DENIED' });
  const retrievals: string[] = [];
  for await (const { record } of world.ports.database.audit())
    if (record.eventId === 4883) retrievals.push(`${record.outcome} ${record.subject}`);
  assert.deepEqual(retrievals, ['success CONTOSO\\Administrator', 'failure CONTOSO\\alice']);
});

test('a request without an archived key has nothing to retrieve', async () => {
  const officer = await world.as('Administrator');
  await assert.rejects(officer.getArchivedKey(1), (error) => isHresult(error, 'CERTSRV_E_PROPERTY_EMPTY'));
});
