import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { encodeDer, ia5String, utf8String } from '#pki/asn1/der-writer';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, encodeExtension, extensionValue } from '#pki/x509/extensions/extension-table';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { certificateText } from '#test/support/openssl';
import { newKey, pkcs10, type RequesterKey } from '#test/support/requester';
import type { ExtensionSetting, RequestOutcome } from '../api.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import { EXTENSION_FLAG_CRITICAL, EXTENSION_FLAG_DISABLED, EXTENSION_ORIGIN } from '../schema/extension-flags.ts';
import { enrollmentFlag, nameFlag } from '../template/flags.ts';

let world: AuthorityWorld;
let key: RequesterKey;

before(async () => {
  world = await AuthorityWorld.create();
  key = await newKey(engine);
  const pended = { enrollmentFlags: enrollmentFlag('CT_FLAG_PEND_ALL_REQUESTS') };
  await world.addTemplate('EFS', 'Pended', pended);
  await world.addTemplate('EFS', 'PendedToo', pended);
  await world.addTemplate('WebServer', 'Named', {
    ...pended,
    nameFlags: nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT'),
  });
  await world.publish('Pended', 'PendedToo', 'Named');
  await (await world.as('Administrator')).setRights('CONTOSO\\officer', ['Officer']);
});
after(() => world.close());

async function pend(template = 'Pended', person = 'alice'): Promise<number> {
  const outcome = await (await world.as(person)).submit({
    request: await pkcs10(engine, key),
    attributes: `CertificateTemplate:${template}`,
  });
  assert.equal(outcome.disposition, 'pending', outcome.dispositionMessage);
  return outcome.requestId;
}

function setting(extnID: string, extnValue: Uint8Array, flags = 0): ExtensionSetting {
  return { extnID, critical: (flags & 1) !== 0, disabled: (flags & 2) !== 0, extnValue, dataType: 'binary' };
}

const NOTE = encodeDer(ia5String('Hello'));
const officer = () => world.as('officer');
const issue = async (requestId: number): Promise<RequestOutcome> => (await officer()).resubmit(requestId);
const lastAudit = async () => (await collect(world.ports.database.audit())).at(-1)!.record;

test('attributes: added, given new values, on record', async () => {
  const requestId = await pend();
  await (await officer()).setAttributes(requestId, 'note:seen\nOther: two words');
  await (await officer()).setAttributes(requestId, 'NOTE:seen twice');
  const stored = (await world.ports.database.attributes(requestId)).map((row) => [
    row.AttributeName!.toLowerCase(),
    row.AttributeValue,
  ]);
  assert.deepEqual(stored, [
    ['certificatetemplate', 'Pended'],
    ['note', 'seen twice'],
    ['other', 'two words'],
  ]);
  const { eventId, subject, fields } = await lastAudit();
  assert.deepEqual([eventId, subject], [4874, 'CONTOSO\\officer']);
  assert.deepEqual(fields, [
    ['RequestId', String(requestId)],
    ['Attributes', 'NOTE:seen twice'],
  ]);
});

test('another template by attribute: policy judges the request by that one', async () => {
  const requestId = await pend();
  await (await officer()).setAttributes(requestId, 'CertificateTemplate:PendedToo');
  assert.equal((await issue(requestId)).disposition, 'issued');
  const template = (await world.authority.templates.read()).templates.find(({ cn }) => cn === 'PendedToo')!;
  assert.equal((await world.ports.database.certificate(requestId))!.CertificateTemplate, template.oid);
  // Alice may not enroll for this one, whoever writes it.
  const other = await pend();
  await (await officer()).setAttributes(other, 'CertificateTemplate:Named');
  assert.equal((await issue(other)).disposition, 'denied');
});

test('another template than the request itself names: refused, for resubmitting could only deny it', async () => {
  const { requestId } = await (await world.as('alice')).submit({
    request: await pkcs10(engine, key, { extensions: [encodeExtension(EXTENSIONS.enrollCertType, 'Pended')] }),
    attributes: '',
  });
  const refused = (await officer()).setAttributes(requestId, 'note:x\nCertType:PendedToo');
  await assert.rejects(refused, { symbol: 'CERTSRV_E_TEMPLATE_CONFLICT' });
  assert.equal((await world.ports.database.request(requestId))!.Disposition, DB_DISP.PENDING);
  assert.deepEqual(await world.ports.database.attributes(requestId), []);
  await (await officer()).setAttributes(requestId, 'CertificateTemplate:Pended');
  assert.equal((await issue(requestId)).disposition, 'issued');
});

test('ESC6: a SAN attribute of a manager is no more honoured than that of a requester', async () => {
  const requestId = await pend();
  await (await officer()).setAttributes(requestId, 'SAN:upn=Administrator@contoso.com');
  const { certificate } = await issue(requestId);
  assert.doesNotMatch(certificateText(certificate!), /Administrator/);
});

test('an extension: in the certificate as it was set, in its row as the manager’s, on record', async () => {
  const requestId = await pend();
  await (await officer()).setExtension(requestId, setting('1.2.3.4.5', NOTE, 1));
  const { eventId, fields } = await lastAudit();
  assert.equal(eventId, 4873);
  assert.deepEqual(
    fields.map(([, value]) => value),
    [String(requestId), '1.2.3.4.5', '3', '1', '160548656c6c6f'],
  );
  const { certificate } = await issue(requestId);
  const found = decodeCertificate(certificate!).tbsCertificate.extensions.find(({ extnID }) => extnID === '1.2.3.4.5')!;
  assert.deepEqual([found.critical, found.extnValue], [true, NOTE]);
  const row = (await world.ports.database.extensions(requestId)).find((each) => each.ExtensionName === '1.2.3.4.5')!;
  assert.equal(row.ExtensionFlags, EXTENSION_FLAG_CRITICAL | EXTENSION_ORIGIN.ADMIN);
});

test('set again and taken back: the last word counts', async () => {
  const requestId = await pend();
  for (const [value, flags] of [
    [NOTE, 1],
    [encodeDer(utf8String('other')), 0],
    [new Uint8Array(0), 2],
  ] as const) {
    await (await officer()).setExtension(requestId, setting('1.2.3.4.5', value, flags));
  }
  const { certificate } = await issue(requestId);
  assert.doesNotMatch(certificateText(certificate!), /1\.2\.3\.4\.5/);
  const row = (await world.ports.database.extensions(requestId)).find((each) => each.ExtensionName === '1.2.3.4.5')!;
  assert.equal(row.ExtensionFlags, EXTENSION_FLAG_DISABLED | EXTENSION_ORIGIN.ADMIN);
});

/** What would make somebody else of the subject, or another purpose of the certificate: ESC1, 2, 3, 9, 15, 16. */
const DECIDED = [
  encodeExtension(EXTENSIONS.subjectAltName, [{ type: 'rfc822Name', value: 'boss@contoso.com' }]),
  encodeExtension(EXTENSIONS.extKeyUsage, ['2.5.29.37.0']),
  encodeExtension(EXTENSIONS.keyUsage, 0x80),
  encodeExtension(EXTENSIONS.applicationPolicies, [{ policyIdentifier: '1.3.6.1.4.1.311.20.2.1' }]),
  encodeExtension(EXTENSIONS.certificatePolicies, [{ policyIdentifier: '1.2.3' }]),
  encodeExtension(EXTENSIONS.basicConstraints, { cA: true }),
  encodeExtension(EXTENSIONS.ntdsCaSecurity, 'S-1-5-21-1-2-3-500'),
  encodeExtension(EXTENSIONS.ocspNocheck, true),
];

for (const { extnID, extnValue } of DECIDED) {
  test(`${extnID} is the template's: neither set nor taken away by a manager`, async () => {
    const requestId = await pend();
    const before = await world.ports.database.extensions(requestId);
    for (const flags of [0, 1, 2]) {
      const call = (await officer()).setExtension(requestId, setting(extnID, extnValue, flags));
      await assert.rejects(call, { symbol: 'ERROR_ACCESS_DENIED' });
    }
    assert.deepEqual(await world.ports.database.extensions(requestId), before);
    // Nor where a row says so, however it came there.
    await world.ports.database.commit([
      {
        insert: 'Extensions',
        row: {
          ExtensionRequestId: requestId,
          ExtensionName: extnID,
          ExtensionFlags: EXTENSION_ORIGIN.ADMIN,
          ExtensionRawValue: extnValue,
        },
      },
    ]);
    const { certificate } = await issue(requestId);
    const { extensions } = decodeCertificate(certificate!).tbsCertificate;
    const found = extensions.find((each) => each.extnID === extnID);
    assert.notDeepEqual(found?.extnValue, extnValue);
  });
}

test('a template that leaves the name to the request leaves it to the manager too', async () => {
  const requestId = await pend('Named', 'Administrator');
  const altName = encodeExtension(EXTENSIONS.subjectAltName, [{ type: 'dNSName', value: 'www.contoso.com' }]);
  await (await officer()).setExtension(requestId, setting(altName.extnID, altName.extnValue));
  const { certificate, dispositionMessage } = await issue(requestId);
  assert.ok(certificate, dispositionMessage);
  const { extensions } = decodeCertificate(certificate).tbsCertificate;
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.subjectAltName), [
    { type: 'dNSName', value: 'www.contoso.com' },
  ]);
});

test('what is refused changes nothing', async () => {
  const waiting = await pend();
  const issued = (await issue(await pend())).requestId;
  const before = await world.state();
  const ca = await officer();
  const refused: readonly (readonly [string, () => Promise<void>])[] = [
    ['CERTSRV_E_BAD_REQUESTSTATUS', () => ca.setAttributes(issued, 'note:late')],
    ['CERTSRV_E_BAD_REQUESTSTATUS', () => ca.setExtension(issued, setting('1.2.3.4.5', NOTE))],
    ['CERTSRV_E_PROPERTY_EMPTY', () => ca.setAttributes(4711, 'note:late')],
    ['ERROR_INVALID_PARAMETER', () => ca.setAttributes(waiting, '\n')],
    ['ERROR_INVALID_PARAMETER', () => ca.setAttributes(waiting, ':value')],
    ['CRYPT_E_OID_FORMAT', () => ca.setExtension(waiting, setting('note', NOTE))],
    ['CRYPT_E_ASN1_EOD', () => ca.setExtension(waiting, setting('1.2.3.4.5', NOTE.subarray(1, 3)))],
    ['CRYPT_E_ASN1_BADTAG', () => ca.setExtension(waiting, setting(EXTENSIONS.issuerAltName.oid, NOTE))],
    ['ERROR_INVALID_PARAMETER', () => ca.setExtension(waiting, setting('1.2.3.4.5', long(5000)))],
  ];
  for (const [symbol, call] of refused) await assert.rejects(call, { symbol }, symbol);
  for (const person of ['alice', 'kra1']) {
    const nobody = await world.as(person);
    await assert.rejects(nobody.setAttributes(waiting, 'note:mine'), { symbol: 'ERROR_ACCESS_DENIED' });
    const call = nobody.setExtension(waiting, setting('1.2.3.4.5', NOTE));
    await assert.rejects(call, { symbol: 'ERROR_ACCESS_DENIED' });
  }
  assert.deepEqual(await world.state(), before);
  assert.equal((await world.ports.database.extensions(waiting)).length, 0);
});

function long(length: number): Uint8Array {
  return encodeDer(ia5String('x'.repeat(length)));
}

test('rows: what came to nothing or has expired goes, what is in use or archived stays', async () => {
  const admin = await world.as('Administrator');
  const waiting = await pend();
  const issued = (await issue(await pend())).requestId;
  await assert.rejects(admin.deleteRows({ requestId: issued }), { symbol: 'CERTSRV_E_BAD_REQUESTSTATUS' });
  await assert.rejects(admin.deleteRows({ requestId: 4711 }), { symbol: 'CERTSRV_E_PROPERTY_EMPTY' });
  for (const person of ['officer', 'alice']) {
    const call = (await world.as(person)).deleteRows({ requestId: waiting });
    await assert.rejects(call, { symbol: 'ERROR_ACCESS_DENIED' });
  }
  assert.equal(await admin.deleteRows({ requestId: waiting }), 1);
  assert.equal(await world.ports.database.request(waiting), undefined);
  const { eventId, fields } = await lastAudit();
  assert.equal(eventId, 4896);
  assert.deepEqual(
    fields.map(([, value]) => value),
    ['Requests', `RequestID=${waiting}`, '1'],
  );

  const kept = await pend();
  await world.ports.database.commit([
    { update: 'Requests', RequestID: kept, set: { RawArchivedKey: Uint8Array.of(0x30, 0) } },
  ]);
  await assert.rejects(admin.deleteRows({ requestId: kept }), { symbol: 'CERTSRV_E_BAD_REQUESTSTATUS' });
  const old = await pend();
  const now = world.now;
  // A date that lies ahead takes no certificate that can still be used.
  assert.equal(await admin.deleteRows({ which: 'expired', before: new Date(now.getTime() + 1e12) }), 0);
  world.now = new Date(now.getTime() + 800 * 86_400_000);
  assert.equal(await admin.deleteRows({ which: 'undecided', before: now }), 0);
  assert.ok((await admin.deleteRows({ which: 'undecided', before: world.now })) > 0);
  assert.equal(await world.ports.database.request(old), undefined);
  assert.equal((await world.ports.database.request(kept))!.Disposition, DB_DISP.PENDING);
  assert.ok((await admin.deleteRows({ which: 'expired', before: world.now })) > 0);
  assert.equal(await world.ports.database.certificate(issued), undefined);
  world.now = now;
});
