import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { szOID_RENEWAL_CERTIFICATE } from '#pki/asn1/oid-table';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { attribute } from '#pki/x509/attribute';
import { decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, encodeExtension, extensionValue } from '#pki/x509/extensions/extension-table';
import { formatName } from '#pki/x509/name-text';
import { AuthorityWorld } from '#test/support/authority-world';
import { type Cosigner, cmcRequest, newKey, pkcs7Request, pkcs10, type RequesterKey } from '#test/support/requester';
import { CR_FLG, DB_DISP } from '../schema/dispositions.ts';
import { enrollmentFlag, nameFlag, privateKeyFlag } from '../template/flags.ts';

let world: AuthorityWorld;
let key: RequesterKey;
let newer: RequesterKey;

before(async () => {
  world = await AuthorityWorld.create();
  key = await newKey(engine);
  newer = await newKey(engine);
  await world.addTemplate('EFS', 'EFS2');
  await world.addTemplate('EFS', 'Successor', { supersededTemplates: ['EFS2'] });
  await world.addTemplate('EFS', 'SameKey', { privateKeyFlags: privateKeyFlag('CT_FLAG_REQUIRE_SAME_KEY_RENEWAL') });
  await world.addTemplate('WebServer', 'Approved', {
    nameFlags: nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT'),
    enrollmentFlags:
      enrollmentFlag('CT_FLAG_PEND_ALL_REQUESTS') | enrollmentFlag('CT_FLAG_PREVIOUS_APPROVAL_VALIDATE_REENROLLMENT'),
    permissions: [{ type: 'allow', sid: 'S-1-5-11', rights: ['read', 'enroll'] }],
  });
  await world.publish('EFS2', 'Successor', 'SameKey', 'Approved');
});
after(() => world.close());

async function enroll(template: string, name = 'alice'): Promise<Cosigner> {
  const caller = await world.as(name);
  const request = await pkcs10(engine, key, {
    subject: 'CN=www.contoso.com',
    extensions: [encodeExtension(EXTENSIONS.subjectAltName, [{ type: 'dNSName', value: 'www.contoso.com' }])],
  });
  let outcome = await caller.submit({ request, attributes: `CertificateTemplate:${template}` });
  if (outcome.disposition === 'pending') outcome = await (await world.as('Administrator')).resubmit(outcome.requestId);
  assert.ok(outcome.certificate, outcome.dispositionMessage);
  return { certificate: outcome.certificate, key };
}

interface RenewalOptions {
  readonly key?: RequesterKey;
  readonly subject?: string;
  readonly attributes?: string;
  readonly as?: string;
}

/** As MS-WCCE 2.2.2.6.2 has it: the old certificate as an attribute of the PKCS #10, the message signed with its key. */
async function renew(old: Cosigner, options: RenewalOptions = {}) {
  const request = await pkcs10(engine, options.key ?? newer, {
    subject: options.subject ?? '',
    attributes: [attribute(szOID_RENEWAL_CERTIFICATE, [old.certificate])],
  });
  return (await world.as(options.as ?? 'alice')).submit({
    request: await pkcs7Request(engine, request, old),
    attributes: options.attributes ?? '',
  });
}

test('a new key, the same subject, the template of the old certificate; the row says that it is a renewal', async () => {
  const old = await enroll('EFS2');
  const outcome = await renew(old);
  assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
  const before = decodeCertificate(old.certificate).tbsCertificate;
  const after = decodeCertificate(outcome.certificate!).tbsCertificate;
  assert.deepEqual(after.subjectPublicKeyInfo.raw, newer.key.publicKey);
  assert.equal(formatName(after.subject), formatName(before.subject));
  assert.deepEqual(
    extensionValue(after.extensions, EXTENSIONS.certificateTemplate),
    extensionValue(before.extensions, EXTENSIONS.certificateTemplate),
  );
  const row = await world.ports.database.request(outcome.requestId);
  assert.deepEqual(row?.RawOldCertificate, old.certificate);
  assert.ok((row!.RequestFlags! & CR_FLG.RENEWAL) !== 0);
});

test('the same key; by CMC with two signers; without the attribute it is none', async () => {
  const old = await enroll('EFS2');
  assert.equal((await renew(old, { key })).disposition, 'issued');
  const alice = await world.as('alice');
  const cmc = await cmcRequest(engine, newer, {
    attributes: [attribute(szOID_RENEWAL_CERTIFICATE, [old.certificate])],
    cosigners: [old],
  });
  assert.equal((await alice.submit({ request: cmc, attributes: '' })).disposition, 'issued');
  // Without the attribute it is a request that somebody signed besides, and names no template.
  const bare = await pkcs7Request(engine, await pkcs10(engine, newer), old);
  assert.equal((await alice.submit({ request: bare, attributes: '' })).statusCode, 0x80094801);
});

test('what a manager approved once he need not approve again, and the names stay', async () => {
  const old = await enroll('Approved');
  const outcome = await renew(old);
  assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
  const { subject, extensions } = decodeCertificate(outcome.certificate!).tbsCertificate;
  assert.equal(formatName(subject), 'CN=www.contoso.com');
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.subjectAltName), [
    { type: 'dNSName', value: 'www.contoso.com' },
  ]);
  const other = await renew(old, { subject: 'CN=www.fabrikam.com' });
  assert.equal(other.disposition, 'denied');
  assert.equal(other.statusCode, 0x80094001);
});

test('by a template that supersedes the old one, by no other', async () => {
  const old = await enroll('EFS2');
  assert.equal((await renew(old, { attributes: 'CertificateTemplate:Successor' })).disposition, 'issued');
  const other = await renew(old, { attributes: 'CertificateTemplate:EFS' });
  assert.equal(other.statusCode, 0x80094802);
});

test('0x80094816: another key where the template wants the same', async () => {
  const old = await enroll('SameKey');
  assert.equal((await renew(old)).statusCode, 0x80094816);
  assert.equal((await renew(old, { key })).disposition, 'issued');
});

test("0x80094806 for somebody else's, 0x8009400e for another CA's and for one that did not sign", async () => {
  const old = await enroll('EFS2');
  assert.equal((await renew(old, { as: 'bob' })).statusCode, 0x80094806);
  const ca = world.authority.current.certificate.raw;
  const request = await pkcs10(engine, newer, { attributes: [attribute(szOID_RENEWAL_CERTIFICATE, [ca])] });
  const alice = await world.as('alice');
  const unsigned = await alice.submit({ request: await pkcs7Request(engine, request, old), attributes: '' });
  assert.equal(unsigned.disposition, 'error');
  assert.equal(unsigned.statusCode, 0x8009400e);
  const plain = await alice.submit({
    request: await pkcs10(engine, key, { attributes: [attribute(szOID_RENEWAL_CERTIFICATE, [old.certificate])] }),
    attributes: '',
  });
  assert.equal(plain.statusCode, 0x8009400e);

  const elsewhere = await AuthorityWorld.create();
  try {
    const theirs = await (await elsewhere.as('alice')).submit({
      request: await pkcs10(engine, key),
      attributes: 'CertificateTemplate:EFS',
    });
    const foreign = { certificate: theirs.certificate!, key };
    assert.equal((await renew(foreign, { attributes: 'CertificateTemplate:EFS' })).statusCode, 0x8009400e);
  } finally {
    await elsewhere.close();
  }
});

test('0x80092010 and 0x800b0101: revoked, expired', async () => {
  const old = await enroll('EFS2');
  const issued = await renew(old);
  await world.ports.database.commit([
    {
      update: 'Requests',
      RequestID: issued.requestId,
      set: { Disposition: DB_DISP.REVOKED, RevokedWhen: world.now, RevokedEffectiveWhen: world.now, RevokedReason: 1 },
    },
  ]);
  assert.equal((await renew({ certificate: issued.certificate!, key: newer })).statusCode, 0x80092010);
  const before = world.now;
  world.now = new Date(before.getTime() + 366 * 86_400_000);
  await (await world.as('Administrator')).publishCrl();
  assert.equal((await renew(old)).statusCode, 0x800b0101);
  world.now = before;
});
