import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { lintCertList } from '#pki/lint/lint';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { openssl, verifyCertificate } from '#test/support/openssl';
import { newKey, pkcs10, type RequesterKey } from '#test/support/requester';
import { CPF, DB_DISP } from '../schema/dispositions.ts';

let world: AuthorityWorld;
let key: RequesterKey;

before(async () => {
  world = await AuthorityWorld.create();
  key = await newKey(engine);
});
after(() => world.close());

async function issue(): Promise<{ requestId: number; certificate: Uint8Array }> {
  const { requestId, certificate } = await (await world.as('alice')).submit({
    request: await pkcs10(engine, key),
    attributes: 'CertificateTemplate:EFS',
  });
  return { requestId, certificate: certificate! };
}

async function revoke(RequestID: number, reason: number, when: Date | null = world.now): Promise<void> {
  await world.ports.database.commit([
    {
      update: 'Requests',
      RequestID,
      set: { Disposition: DB_DISP.REVOKED, RevokedWhen: when, RevokedEffectiveWhen: when, RevokedReason: reason },
    },
  ]);
}

async function crlRows() {
  return collect(world.ports.database.view({ table: 'CRLs' }));
}

async function publish() {
  await (await world.as('Administrator')).publishCrl();
  const row = (await crlRows()).at(-1)!;
  return { row, crl: decodeCertificateList(row.get('CRLRawCRL') as Uint8Array) };
}

const file = () => join(world.folder, 'CertEnroll', 'Contoso CA.crl');

test('revoked certificates are listed with their reasons; openssl reads the list and refuses them', async () => {
  const good = await issue();
  const compromised = await issue();
  const unspecified = await issue();
  const undated = await issue();
  await revoke(compromised.requestId, 1);
  await revoke(unspecified.requestId, 0);
  await revoke(undated.requestId, 4, null);
  const { crl } = await publish();
  const { current } = world.authority;
  assert.deepEqual(lintCertList(crl.tbsCertList, current.certificate), []);
  const text = openssl(['crl', '-inform', 'DER', '-in', '{crl}', '-noout', '-text'], { crl: crl.raw });
  for (const { requestId } of [compromised, unspecified, undated]) {
    const { SerialNumber } = (await world.ports.database.certificate(requestId))!;
    assert.match(text, new RegExp(`Serial Number: ${SerialNumber!.toUpperCase()}`));
  }
  assert.equal(text.match(/Serial Number: /g)?.length, 3);
  assert.match(text, /Key Compromise/);
  assert.match(text, /Superseded/);
  // RFC 5280 §5.3.1: unspecified is told by saying nothing.
  assert.doesNotMatch(text, /Unspecified/);
  const verify = (certificate: Uint8Array) =>
    verifyCertificate(certificate, current.certificate.raw, world.now, crl.raw);
  assert.match(verify(good.certificate), /: OK$/m);
  assert.throws(() => verify(compromised.certificate), /certificate revoked/);
});

test('its times, its number and what Microsoft adds', async () => {
  const { crl, row } = await publish();
  const { thisUpdate, nextUpdate, crlExtensions } = crl.tbsCertList;
  assert.equal(thisUpdate.getTime(), world.now.getTime() - 10 * 60_000);
  // A week, and a tenth of it as overlap, twelve hours at most.
  assert.equal(nextUpdate!.getTime(), world.now.getTime() + 7 * 86_400_000 + 12 * 3_600_000);
  assert.equal(
    extensionValue(crlExtensions, EXTENSIONS.crlNextPublish)?.getTime(),
    world.now.getTime() + 7 * 86_400_000,
  );
  assert.deepEqual(extensionValue(crlExtensions, EXTENSIONS.caVersion), { certIndex: 0, keyIndex: 0 });
  assert.equal(extensionValue(crlExtensions, EXTENSIONS.cRLNumber), BigInt(Number(row.get('CRLNumber'))));
  assert.equal(row.get('CRLPublishFlags'), CPF.BASE | CPF.MANUAL | CPF.COMPLETE);
  assert.equal(row.get('CRLPublishStatusCode'), 0);
  assert.equal(row.get('CRLCount'), 3);
});

test('the file and the directory hold the same list', async () => {
  const { crl } = await publish();
  assert.deepEqual(new Uint8Array(readFileSync(file())), crl.raw);
  const dn = `CN=Contoso CA,CN=ca01,CN=CDP,CN=Public Key Services,CN=Services,${world.directory.configurationDN}`;
  const object = await world.directory.object(dn);
  assert.deepEqual(object?.attributes.get('certificateRevocationList'), [crl.raw]);
});

test('numbers rise strictly, also where several are published at once', async () => {
  const admin = await world.as('Administrator');
  await Promise.all(Array.from({ length: 6 }, () => admin.publishCrl()));
  const numbers = (await crlRows()).map((row) => Number(row.get('CRLNumber')));
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
  const { crl } = await publish();
  assert.deepEqual(new Uint8Array(readFileSync(file())), crl.raw);
});

test('a place that fails is told by event 65 and in the row; the others have the list all the same', async () => {
  rmSync(file());
  mkdirSync(join(file(), 'in the way'), { recursive: true });
  const { row, crl } = await publish();
  assert.equal(Number(row.get('CRLPublishFlags')), CPF.BASE | CPF.MANUAL | CPF.FILE_ERROR);
  assert.notEqual(row.get('CRLPublishStatusCode'), 0);
  assert.match(String(row.get('CRLPublishError')), /Contoso CA\.crl/);
  assert.equal((await world.eventIds()).at(-1), 65);
  const dn = `CN=Contoso CA,CN=ca01,CN=CDP,CN=Public Key Services,CN=Services,${world.directory.configurationDN}`;
  assert.deepEqual((await world.directory.object(dn))?.attributes.get('certificateRevocationList'), [crl.raw]);
  rmSync(file(), { recursive: true });
});

test('only those who manage the CA publish', async () => {
  const before = await world.state();
  await assert.rejects((await world.as('alice')).publishCrl(), { symbol: 'ERROR_ACCESS_DENIED' });
  assert.deepEqual(await world.state(), before);
});

test('an expired certificate leaves the list once it was on one issued after its end: RFC 5280 §3.3', async () => {
  const { requestId } = await issue();
  await revoke(requestId, 5);
  const before = world.now;
  assert.equal((await publish()).row.get('CRLCount'), 4);
  world.now = new Date(before.getTime() + 366 * 86_400_000);
  assert.equal((await publish()).row.get('CRLCount'), 4);
  assert.equal((await publish()).row.get('CRLCount'), 0);
  world.now = before;
  await (await world.as('Administrator')).publishCrl({ force: true });
});

test('a life of its own: nextUpdate is where it ends', async () => {
  const admin = await world.as('Administrator');
  await admin.publishCrl({ life: 30 * 3_600_000 });
  const row = (await crlRows()).at(-1)!;
  const { tbsCertList } = decodeCertificateList(row.get('CRLRawCRL') as Uint8Array);
  const end = world.now.getTime() + 30 * 3_600_000;
  assert.equal(tbsCertList.nextUpdate!.getTime(), end);
  assert.equal(extensionValue(tbsCertList.crlExtensions, EXTENSIONS.crlNextPublish)?.getTime(), end);
  assert.equal((row.get('CRLNextUpdate') as Date).getTime(), end);
  const rows = (await crlRows()).length;
  for (const life of [0, -1, Number.NaN, 1e15]) {
    await assert.rejects(admin.publishCrl({ life }), { symbol: 'ERROR_INVALID_PARAMETER' });
  }
  assert.equal((await crlRows()).length, rows);
});

test('published again: the same list, no new number, wherever it was lost', async () => {
  const { crl, row } = await publish();
  rmSync(file());
  await (await world.as('Administrator')).publishCrl({ republish: true });
  assert.deepEqual(new Uint8Array(readFileSync(file())), crl.raw);
  const last = (await crlRows()).at(-1)!;
  assert.equal(last.get('CRLRowId'), row.get('CRLRowId'));
  assert.equal(last.get('CRLPublishAttempts'), 2);
  assert.equal(last.get('CRLCount'), row.get('CRLCount'));
  const ids = (await collect(world.ports.database.audit())).map(({ record }) => record.eventId);
  assert.deepEqual(ids.slice(-2), [4871, 4872]);
});
