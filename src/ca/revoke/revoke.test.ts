import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { verifyCertificate } from '#test/support/openssl';
import { newKey, pkcs10, type RequesterKey } from '#test/support/requester';
import { DB_DISP, UNREVOKE } from '../schema/dispositions.ts';

let world: AuthorityWorld;
let key: RequesterKey;

before(async () => {
  world = await AuthorityWorld.create();
  key = await newKey(engine);
  await (await world.as('Administrator')).setRights('CONTOSO\\officer', ['Officer']);
});
after(() => world.close());

interface Issued {
  readonly requestId: number;
  readonly serial: string;
  readonly certificate: Uint8Array;
}

async function issue(): Promise<Issued> {
  const { requestId, certificate } = await (await world.as('alice')).submit({
    request: await pkcs10(engine, key),
    attributes: 'CertificateTemplate:EFS',
  });
  const serial = (await world.ports.database.certificate(requestId))!.SerialNumber!;
  return { requestId, serial, certificate: certificate! };
}

const row = async ({ requestId }: Issued) => (await world.ports.database.request(requestId))!;
const revoke = async (reason: number, ...issued: readonly Issued[]) =>
  (await world.as('officer')).revoke(
    issued.map(({ serial }) => serial),
    reason,
  );

async function newCrl(): Promise<Uint8Array> {
  await (await world.as('Administrator')).publishCrl();
  return (await collect(world.ports.database.view({ table: 'CRLs' }))).at(-1)!.get('CRLRawCRL') as Uint8Array;
}

async function revocations(wanted: 'success' | 'failure' = 'success'): Promise<unknown[]> {
  const records = (await collect(world.ports.database.audit())).map(({ record }) => record);
  return records
    .filter(({ eventId, outcome }) => eventId === 4870 && outcome === wanted)
    .map(({ subject, fields }) => [subject, ...fields.flat()]);
}

async function isRefusedByOpenssl({ certificate }: Issued): Promise<boolean> {
  const { raw } = world.authority.current.certificate;
  const crl = await newCrl();
  try {
    return !/: OK$/m.test(verifyCertificate(certificate, raw, world.now, crl));
  } catch (error) {
    assert.match(String(error), /certificate revoked/);
    return true;
  }
}

test('revoked: row, audit 4870, and openssl refuses the certificate with the next CRL', async () => {
  const issued = await issue();
  assert.equal(await isRefusedByOpenssl(issued), false);
  await revoke(1, issued);
  const { Disposition, DispositionMessage, RevokedReason, RevokedWhen, RevokedEffectiveWhen, StatusCode } =
    await row(issued);
  assert.equal(Disposition, DB_DISP.REVOKED);
  assert.equal(DispositionMessage, 'Revoked by CONTOSO\\officer');
  assert.equal(RevokedReason, 1);
  assert.equal(StatusCode, 0);
  assert.deepEqual([RevokedWhen, RevokedEffectiveWhen], [world.now, world.now]);
  assert.deepEqual((await revocations()).at(-1), [
    'CONTOSO\\officer',
    ...['CertificateSerialNumber', issued.serial, 'RevocationReason', '1'],
  ]);
  assert.equal(await isRefusedByOpenssl(issued), true);
});

test('its requester is told', async () => {
  const issued = await issue();
  await revoke(4, issued);
  const { dispositionMessage } = await (await world.as('alice')).retrieve(issued.requestId);
  assert.equal(dispositionMessage, 'Revoked by CONTOSO\\officer');
});

test('on hold and given back: the next CRL has it no more; asked for as removeFromCRL too', async () => {
  for (const reason of [UNREVOKE, 8]) {
    const issued = await issue();
    await revoke(6, issued);
    assert.equal(await isRefusedByOpenssl(issued), true);
    await revoke(reason, issued);
    assert.equal((await row(issued)).Disposition, DB_DISP.ISSUED);
    assert.equal((await row(issued)).DispositionMessage, 'Unrevoked by CONTOSO\\officer');
    assert.equal(await isRefusedByOpenssl(issued), false);
    // And it can be revoked like any other.
    await revoke(5, issued);
    assert.equal(await isRefusedByOpenssl(issued), true);
  }
});

test('on hold and then revoked for good: never given back', async () => {
  const issued = await issue();
  await revoke(6, issued);
  await revoke(1, issued);
  assert.equal((await row(issued)).RevokedReason, 1);
  await assert.rejects(revoke(UNREVOKE, issued), { symbol: 'CERTSRV_E_BAD_REQUESTSTATUS' });
});

test('two managers at once: what one revoked for good the other does not give back', async () => {
  const issued = await issue();
  await revoke(6, issued);
  const [forGood] = await Promise.allSettled([revoke(1, issued), revoke(UNREVOKE, issued)]);
  assert.equal(forGood.status, 'fulfilled');
  assert.equal((await row(issued)).RevokedReason, 1);
  assert.equal((await row(issued)).Disposition, DB_DISP.REVOKED);
});

test('what is refused changes nothing, and one bad number spares all the others', async () => {
  const issued = await issue();
  const other = await issue();
  const revoked = await issue();
  await revoke(4, revoked);
  const before = [await world.state(), await revocations()] as const;
  const unknown = { ...issued, serial: '4242' };
  for (const [symbol, reason, list] of [
    ['ERROR_INVALID_PARAMETER', 0, [issued, unknown]],
    ['CERTSRV_E_BAD_REQUESTSTATUS', 0, [issued, revoked]],
    ['CERTSRV_E_BAD_REQUESTSTATUS', 6, [revoked]],
    ['CERTSRV_E_BAD_REQUESTSTATUS', UNREVOKE, [revoked]],
    ['CERTSRV_E_BAD_REQUESTSTATUS', UNREVOKE, [issued]],
    ['CERTSRV_E_BAD_REQUESTSTATUS', 8, [issued]],
    ['ERROR_INVALID_PARAMETER', 7, [issued]],
    ['ERROR_INVALID_PARAMETER', 1.5, [issued]],
    ['ERROR_INVALID_PARAMETER', 0, []],
    ['ERROR_INVALID_PARAMETER', 0, [{ ...issued, serial: 'no number' }]],
  ] as const) {
    await assert.rejects(revoke(reason, ...list), { symbol }, `${reason} ${list.map(({ serial }) => serial)}`);
  }
  for (const person of ['alice', 'kra1']) {
    const call = (await world.as(person)).revoke([issued.serial], 0);
    await assert.rejects(call, { symbol: 'ERROR_ACCESS_DENIED' });
  }
  assert.deepEqual([await world.state(), await revocations()], before);
  assert.deepEqual(
    (await revocations('failure')).map((record) => (record as string[])[0]),
    ['CONTOSO\\alice', 'CONTOSO\\kra1'],
  );
  await revoke(0, issued, other, issued);
  assert.equal((await row(other)).Disposition, DB_DISP.REVOKED);
  assert.equal((await revocations()).length, before[1].length + 2);
});

test('an expired certificate is revoked like any other; RFC 5280 §3.3 keeps it off the lists', async () => {
  const issued = await issue();
  const now = world.now;
  world.now = new Date(now.getTime() + 366 * 86_400_000);
  await newCrl();
  await newCrl();
  await revoke(1, issued);
  assert.equal((await row(issued)).Disposition, DB_DISP.REVOKED);
  assert.equal(Array.from(decodeCertificateList(await newCrl()).tbsCertList.revokedCertificates).length, 0);
  world.now = now;
});
