/** Each ESC class that a request could use, refused at publication and, where a template went bad later, at issue. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  anyExtendedKeyUsage,
  id_kp_clientAuth,
  szOID_ENROLLMENT_AGENT,
  szOID_KP_SMARTCARD_LOGON,
} from '#pki/asn1/oid-table';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, encodeExtension, extensionValue } from '#pki/x509/extensions/extension-table';
import { userPrincipalName } from '#pki/x509/general-name';
import { formatName } from '#pki/x509/name-text';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { newKey, pkcs10, type RequesterKey } from '#test/support/requester';
import { EDITF } from '../config/registry-flags.ts';
import { POLICY_MODULE } from '../config/registry-values.ts';
import { encodeTemplateAttributes } from '../template/attributes.ts';
import { enrollmentFlag, nameFlag } from '../template/flags.ts';
import { readTemplate, templatesContainer } from '../template/templates-in-directory.ts';
import { editTemplate, type TemplateChanges } from '../template/versions.ts';

let world: AuthorityWorld;
let key: RequesterKey;

before(async () => {
  world = await AuthorityWorld.create();
  key = await newKey(engine);
});
after(() => world.close());

const suppliesSubject: TemplateChanges = { nameFlags: nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT') };

/** Not published; and when it is changed so after it was published, nothing is issued until a manager looks at it. */
async function refusedTwice(id: string, of: string, changes: TemplateChanges): Promise<void> {
  await world.addTemplate(of, `${id}AtOnce`, changes);
  await assert.rejects(world.publish(`${id}AtOnce`), {
    symbol: 'CERTSRV_E_TEMPLATE_POLICY_REQUIRED',
    detail: new RegExp(`^${id}: `),
  });
  const cn = `${id}Later`;
  await world.addTemplate('EFS', cn);
  await world.publish(cn);
  const original = (await readTemplate(world.directory, cn))!;
  const source = (await readTemplate(world.directory, `${id}AtOnce`))!;
  const bad = editTemplate(original, {
    nameFlags: source.nameFlags,
    enrollmentFlags: source.enrollmentFlags,
    extendedKeyUsage: source.extendedKeyUsage,
    applicationPolicies: source.applicationPolicies,
  });
  await world.directory.put(`CN=${cn},${templatesContainer(world.directory)}`, encodeTemplateAttributes(bad));
  const alice = await world.as('alice');
  const outcome = await alice.submit({ request: await pkcs10(engine, key), attributes: `CertificateTemplate:${cn}` });
  assert.equal(outcome.disposition, 'denied', id);
  assert.equal(outcome.statusCode, 0x80094808, id);
  const [event] = (await collect(world.ports.database.events())).slice(-1);
  assert.equal(event!.eventId, 53);
  assert.match(event!.text, new RegExp(`${id}: `));
  const approved = await (await world.as('Administrator')).resubmit(outcome.requestId);
  assert.equal(approved.disposition, 'issued', approved.dispositionMessage);
}

test('ESC1: whoever enrolls names the subject of a certificate that signs in', () =>
  refusedTwice('ESC1', 'User', suppliesSubject));

test('ESC2: any purpose, or none named', async () => {
  await refusedTwice('ESC2', 'User', {
    extendedKeyUsage: [anyExtendedKeyUsage],
    applicationPolicies: [anyExtendedKeyUsage],
  });
});

test('ESC3: enrollment agents without approval', () =>
  refusedTwice('ESC3', 'User', {
    extendedKeyUsage: [szOID_ENROLLMENT_AGENT],
    applicationPolicies: [szOID_ENROLLMENT_AGENT],
  }));

test('ESC6: the SAN attribute never decides, and the flag for it cannot be set', async () => {
  const admin = await world.as('Administrator');
  const setting = (data: number) => ({
    path: POLICY_MODULE,
    name: 'EditFlags',
    value: { type: 'REG_DWORD', data } as const,
  });
  await assert.rejects(admin.setRegistry(setting(0x11014e | EDITF.ATTRIBUTESUBJECTALTNAME2)), {
    symbol: 'ERROR_NOT_SUPPORTED',
    detail: /^ESC6/,
  });
  // A CA that was taken over with it.
  const bad = setting(0x11014e | EDITF.ATTRIBUTESUBJECTALTNAME2);
  await world.ports.database.commit([{ set: 'Registry', ...bad }]);
  const outcome = await (await world.as('alice')).submit({
    request: await pkcs10(engine, key),
    attributes: 'CertificateTemplate:User\nSAN:upn=Administrator@contoso.com',
  });
  assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
  const { extensions } = decodeCertificate(outcome.certificate!).tbsCertificate;
  const names = extensionValue(extensions, EXTENSIONS.subjectAltName)!;
  assert.deepEqual(names[0], userPrincipalName('alice@contoso.com'));
  assert.ok(!JSON.stringify(names).includes('dministrator'));
  // It may be taken back, and other bits changed meanwhile.
  await admin.setRegistry({ ...bad, value: { type: 'REG_DWORD', data: bad.value.data | 1 } });
  await admin.setRegistry(setting(0x11014e));
});

test('ESC9: a certificate that signs in names its holder, whatever the template says', async () => {
  const changes = { enrollmentFlags: enrollmentFlag('CT_FLAG_NO_SECURITY_EXTENSION') };
  await refusedTwice('ESC9', 'User', changes);
  const rows = await collect(
    world.ports.database.view({
      table: 'Requests',
      columns: ['RawCertificate', 'Request.RequesterName'],
      restrictions: [{ column: 'RawCertificate', operator: '!=', value: null }],
      sort: { column: 'Request.RequestID', descending: true },
      limit: 1,
    }),
  );
  const { extensions } = decodeCertificate(rows[0]!.get('RawCertificate') as Uint8Array).tbsCertificate;
  const { sid } = await world.principal('CONTOSO\\alice');
  assert.equal(extensionValue(extensions, EXTENSIONS.ntdsCaSecurity), sid);
});

test('ESC15: a version 1 template with a subject from the request; and policies of the request are dropped', async () => {
  // Version 1 templates change in their permissions alone.
  const webServer = (await readTemplate(world.directory, 'WebServer'))!;
  const { sid } = await world.principal('CONTOSO\\alice');
  const put = (permissions: typeof webServer.permissions) =>
    world.directory.put(
      `CN=WebServer,${templatesContainer(world.directory)}`,
      encodeTemplateAttributes({ ...webServer, permissions }),
    );
  await world.publish('WebServer');
  await put([...webServer.permissions, { type: 'allow', sid, rights: ['enroll'] }]);
  const attack = await pkcs10(engine, key, {
    subject: 'CN=Administrator',
    extensions: [
      encodeExtension(EXTENSIONS.extKeyUsage, [id_kp_clientAuth]),
      encodeExtension(EXTENSIONS.applicationPolicies, [{ policyIdentifier: id_kp_clientAuth }]),
      encodeExtension(EXTENSIONS.certificatePolicies, [{ policyIdentifier: '1.3.6.1.4.1.311.21.8.1.400' }]),
    ],
  });
  const attributes = 'CertificateTemplate:WebServer';
  const denied = await (await world.as('alice')).submit({ request: attack, attributes });
  assert.equal(denied.statusCode, 0x80094808);
  const admin = await world.as('Administrator');
  const unpublished = (await admin.templates()).map(({ commonName }) => commonName).filter((cn) => cn !== 'WebServer');
  await admin.setTemplates(unpublished);
  await assert.rejects(world.publish('WebServer'), { detail: /^ESC15: / });
  await put(webServer.permissions);
  await world.publish('WebServer');
  const granted = await admin.submit({ request: attack, attributes });
  const { extensions } = decodeCertificate(granted.certificate!).tbsCertificate;
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.extKeyUsage), ['1.3.6.1.5.5.7.3.1']);
  assert.equal(extensionValue(extensions, EXTENSIONS.applicationPolicies), undefined);
  assert.equal(extensionValue(extensions, EXTENSIONS.certificatePolicies), undefined);
});

test('ESC16: the SID of the holder cannot be disabled for the whole CA', async () => {
  const value = {
    type: 'REG_MULTI_SZ',
    data: [EXTENSIONS.ntdsCaSecurity.oid, EXTENSIONS.sMIMECapabilities.oid],
  } as const;
  const setting = { path: POLICY_MODULE, name: 'DisableExtensionList', value };
  await assert.rejects((await world.as('Administrator')).setRegistry(setting), {
    symbol: 'ERROR_NOT_SUPPORTED',
    detail: /^ESC16/,
  });
  await world.ports.database.commit([{ set: 'Registry', ...setting }]);
  const outcome = await (await world.as('alice')).submit({
    request: await pkcs10(engine, key),
    attributes: 'CertificateTemplate:User',
  });
  const { extensions } = decodeCertificate(outcome.certificate!).tbsCertificate;
  assert.ok(extensionValue(extensions, EXTENSIONS.ntdsCaSecurity));
  assert.equal(extensionValue(extensions, EXTENSIONS.sMIMECapabilities), undefined);
});

test('ESC17: whoever enrolls names the server of a server certificate', () =>
  refusedTwice('ESC17', 'EFS', {
    ...suppliesSubject,
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'],
    applicationPolicies: ['1.3.6.1.5.5.7.3.1'],
  }));

test('what a request says of purposes, policies and names decides nothing where the directory does', async () => {
  const request = await pkcs10(engine, key, {
    subject: 'CN=Administrator',
    extensions: [
      encodeExtension(EXTENSIONS.extKeyUsage, [szOID_KP_SMARTCARD_LOGON]),
      encodeExtension(EXTENSIONS.applicationPolicies, [{ policyIdentifier: szOID_ENROLLMENT_AGENT }]),
      encodeExtension(EXTENSIONS.certificatePolicies, [{ policyIdentifier: '1.3.6.1.4.1.311.21.8.1.400' }]),
      encodeExtension(EXTENSIONS.subjectAltName, [userPrincipalName('Administrator@contoso.com')]),
      encodeExtension(EXTENSIONS.ntdsCaSecurity, 'S-1-5-21-1-2-3-500'),
    ],
  });
  const { certificate } = await (await world.as('alice')).submit({ request, attributes: 'CertificateTemplate:EFS' });
  const { subject, extensions } = decodeCertificate(certificate!).tbsCertificate;
  assert.match(formatName(subject), /CN=alice/);
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.extKeyUsage), ['1.3.6.1.4.1.311.10.3.4']);
  assert.equal(extensionValue(extensions, EXTENSIONS.applicationPolicies), undefined);
  assert.equal(extensionValue(extensions, EXTENSIONS.certificatePolicies), undefined);
  assert.deepEqual(extensionValue(extensions, EXTENSIONS.subjectAltName), [userPrincipalName('alice@contoso.com')]);
  const { sid } = await world.principal('CONTOSO\\alice');
  assert.equal(extensionValue(extensions, EXTENSIONS.ntdsCaSecurity), sid);
});
