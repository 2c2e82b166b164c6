import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { startAuthority } from '#ca/install/start';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { archivalRequest, newKey, pkcs10, type RequesterKey } from '#test/support/requester';

const MINUTE = 60_000;
const DAY = 86_400_000;
const EXPIRED = 0x800b0101;
const OFFLINE = 0x80092013;

let world: AuthorityWorld;
let right: Date;
let key: RequesterKey;

beforeEach(async () => {
  world = await AuthorityWorld.create();
  await world.enrollAgents(['kra1'], 1);
  await world.publishArchivalTemplate();
  right = world.now;
  key ??= await newKey(engine);
});
afterEach(() => world.close());

const jump = (milliseconds: number) => {
  world.now = new Date(right.getTime() + milliseconds);
};

async function submit() {
  const request = await pkcs10(engine, key);
  return (await world.as('alice')).submit({ request, attributes: 'CertificateTemplate:EFS', fullResponse: false });
}

const lastEvent = async () => (await collect(world.ports.database.events())).at(-1)!;

/** What the CA holds that bears its signature. */
async function signed(): Promise<unknown> {
  const { database } = world.ports;
  const certificates = await collect(database.view({ table: 'Requests', columns: ['RawCertificate'] }));
  const lists = await collect(database.view({ table: 'CRLs', columns: ['CRLRawCRL', 'CRLNumber'] }));
  return [certificates.filter((row) => row.get('RawCertificate') !== null), lists, await database.signings()];
}

/** Nothing is signed, whoever asks; each refusal has its code, and its event. */
async function assertNothingSigned(code: { submit: number; crl: string }, exchange?: string): Promise<void> {
  const before = await signed();
  const { disposition, statusCode } = await submit();
  assert.deepEqual([disposition, statusCode], ['denied', code.submit]);
  assert.equal((await lastEvent()).eventId, 53);
  await assert.rejects((await world.as('Administrator')).publishCrl(), { symbol: code.crl });
  assert.equal((await lastEvent()).eventId, 130);
  if (exchange) {
    await assert.rejects((await world.as('alice')).exchangeCertificate(), { symbol: exchange });
    assert.equal((await lastEvent()).eventId, 96);
  }
  assert.deepEqual(await signed(), before);
}

test('the clock goes back behind the beginning of the CA certificate: 0x800b0101, events 53, 130 and 96', async () => {
  jump(-30 * DAY);
  await assertNothingSigned({ submit: EXPIRED, crl: 'CERT_E_EXPIRED' }, 'CERT_E_EXPIRED');
  await assert.rejects(startAuthority(world.ports, { announce: true }), { symbol: 'CERT_E_EXPIRED' });
  world.now = right;
  assert.equal((await submit()).disposition, 'issued');
});

test('the clock goes back behind the last CRL: 0x80092013 and 0x8007076d until it is right again', async () => {
  jump(3 * DAY);
  await (await world.as('Administrator')).publishCrl();
  world.now = right;
  await assertNothingSigned({ submit: OFFLINE, crl: 'ERROR_INVALID_TIME' });
  jump(3 * DAY);
  assert.equal((await submit()).disposition, 'issued');
});

test('the last CRL was issued while the clock was ahead: a forced one ends it', async () => {
  const admin = await world.as('Administrator');
  jump(800 * DAY);
  await admin.publishCrl();
  world.now = right;
  assert.equal((await submit()).statusCode, OFFLINE);
  await admin.publishCrl({ force: true });
  assert.equal((await submit()).disposition, 'issued');
});

test('the clock goes back a little, within the skew allowed: no CRL is dated before the one it replaces', async () => {
  const admin = await world.as('Administrator');
  jump(20 * MINUTE);
  await admin.publishCrl();
  jump(15 * MINUTE);
  await admin.publishCrl();
  const [before, after] = (await collect(world.ports.database.view({ table: 'CRLs', columns: ['CRLThisUpdate'] })))
    .slice(-2)
    .map((row) => (row.get('CRLThisUpdate') as Date).getTime());
  assert.equal(after, before);
});

test('the clock goes beyond the end of the CA certificate: 0x800b0101, events 53, 130 and 96, and no start', async () => {
  jump(3660 * DAY);
  await assertNothingSigned({ submit: EXPIRED, crl: 'CERT_E_EXPIRED' }, 'CERT_E_EXPIRED');
  await assert.rejects(startAuthority(world.ports, { announce: true }), { symbol: 'CERT_E_EXPIRED' });
});

test('the clock goes beyond the life of the exchange certificate: what was sealed to it is refused, 0x8009100b; the next is new', async () => {
  const alice = await world.as('alice');
  const old = (await alice.exchangeCertificate()).certificate;
  const archive = async (exchange: Uint8Array) =>
    alice.submit({ request: await archivalRequest(engine, key, exchange, 'ArchiveEFS'), attributes: '' });
  jump(9 * DAY);
  await (await world.as('Administrator')).publishCrl();
  const refused = await archive(old);
  assert.deepEqual([refused.disposition, refused.statusCode], ['denied', 0x8009100b]);
  assert.equal((await lastEvent()).eventId, 21);
  assert.equal((await world.ports.database.request(refused.requestId))!.RawArchivedKey, null);
  const { certificate } = await alice.exchangeCertificate();
  const { validity } = decodeCertificate(certificate).tbsCertificate;
  assert.ok(validity.notBefore <= world.now && world.now < validity.notAfter);
  assert.equal((await archive(certificate)).disposition, 'issued');
});

test('the clock goes back behind the beginning of the exchange certificate: another is handed out', async () => {
  jump(2 * DAY);
  const alice = await world.as('alice');
  await alice.exchangeCertificate();
  world.now = right;
  const { validity } = decodeCertificate((await alice.exchangeCertificate()).certificate).tbsCertificate;
  assert.ok(validity.notBefore <= world.now && world.now < validity.notAfter);
});

test('the clock goes beyond the life of the key recovery agents: 0x8009400b, events 84, 98 and 21', async () => {
  const alice = await world.as('alice');
  jump(800 * DAY);
  await (await world.as('Administrator')).publishCrl();
  const { certificate } = await alice.exchangeCertificate();
  const before = (await world.eventIds()).length;
  const refused = await alice.submit({
    request: await archivalRequest(engine, key, certificate, 'ArchiveEFS'),
    attributes: '',
  });
  assert.deepEqual([refused.disposition, refused.statusCode], ['denied', 0x8009400b]);
  assert.deepEqual((await world.eventIds()).slice(before), [84, 98, 21]);
  assert.equal((await world.ports.database.request(refused.requestId))!.RawArchivedKey, null);
});
