import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { szOID_ENROLLMENT_CSP_PROVIDER, szOID_KP_QUALIFIED_SUBORDINATION } from '#pki/asn1/oid-table';
import { encodeCspProvider } from '#pki/cmc/enrollment-csp-provider';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { attribute } from '#pki/x509/attribute';
import { EXTENSIONS, encodeExtension } from '#pki/x509/extensions/extension-table';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { cmcRequest, newKey, pkcs10, type RequesterKey } from '#test/support/requester';
import { POLICY_MODULE } from '../config/registry-values.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import { nameFlag } from '../template/flags.ts';
import { readTemplate } from '../template/templates-in-directory.ts';

let world: AuthorityWorld;
let key: RequesterKey;

before(async () => {
  world = await AuthorityWorld.create();
  key = await newKey(engine);
  await world.directory.addUser({ accountName: 'carol' });
  await world.addTemplate('EFS', 'EFS2');
  await world.addTemplate('EFS', 'ForServers', { nameFlags: nameFlag('CT_FLAG_SUBJECT_REQUIRE_DNS_AS_CN') });
  await world.addTemplate('EFS', 'Cosigned', {
    raSignatures: 2,
    raApplicationPolicies: [szOID_KP_QUALIFIED_SUBORDINATION],
  });
  await world.addTemplate('EFS', 'Curve', { asymmetricAlgorithm: 'ECDH_P384', minimalKeySize: 384 }, 3);
  await world.publish('EFS2', 'ForServers', 'Cosigned', 'Curve', 'WebServer');
});
after(() => world.close());

/** Denied with this code; a row, event 53 and audit 4888 tell it, and nothing else has changed. */
async function denied(name: string, code: number, request: Uint8Array, attributes = ''): Promise<string> {
  const before = (await world.state()) as { rows: unknown[] };
  const outcome = await (await world.as(name)).submit({ request, attributes });
  assert.equal(outcome.disposition, 'denied', outcome.dispositionMessage);
  assert.equal(outcome.statusCode.toString(16), code.toString(16));
  assert.equal(outcome.certificate, undefined);
  assert.equal((await world.ports.database.request(outcome.requestId))?.Disposition, DB_DISP.DENIED);
  assert.equal((await world.eventIds()).at(-1), 53);
  assert.equal((await collect(world.ports.database.audit())).at(-1)?.record.eventId, 4888);
  const after = (await world.state()) as { rows: unknown[] };
  assert.deepEqual({ ...after, rows: after.rows.slice(0, -1) }, before);
  return outcome.dispositionMessage;
}

test('0x80094800 names the template as it was asked for, in the words clients look for', async () => {
  const sentence = (name: string) =>
    `Denied by Policy Module  0x80094800, The request was for a certificate template that is not supported by the Active Directory Certificate Services policy: ${name}.`;
  const request = await pkcs10(engine, key);
  assert.equal(await denied('alice', 0x80094800, request, 'CertificateTemplate:Nonesuch'), sentence('Nonesuch'));
  // It exists, and this CA does not issue it.
  assert.equal(await denied('alice', 0x80094800, request, 'CertificateTemplate:CodeSigning'), sentence('CodeSigning'));
  const { oid } = (await readTemplate(world.directory, 'CodeSigning'))!;
  const byOid = encodeExtension(EXTENSIONS.certificateTemplate, { templateID: oid });
  assert.equal(await denied('alice', 0x80094800, await pkcs10(engine, key, { extensions: [byOid] })), sentence(oid));
  const [event] = (await collect(world.ports.database.events())).slice(-1);
  assert.match(
    event!.text,
    /denied request \d+ because The requested certificate template is not supported by this CA\./,
  );
  assert.match(event!.text, /0x80094800 \(-2146875392 CERTSRV_E_UNSUPPORTED_CERT_TYPE\)/);
});

test('0x80094801, 0x80094802, 0x80094807: no template, two of them, a newer one', async () => {
  await denied('alice', 0x80094801, await pkcs10(engine, key));
  await denied('alice', 0x80094802, await cmcRequest(engine, key, { template: 'EFS2' }), 'CertificateTemplate:EFS');
  const { oid, revision } = (await readTemplate(world.directory, 'EFS2'))!;
  const newer = { templateID: oid, templateMajorVersion: revision + 1, templateMinorVersion: 0 };
  const extension = encodeExtension(EXTENSIONS.certificateTemplate, newer);
  await denied('alice', 0x80094807, await pkcs10(engine, key, { extensions: [extension] }));
});

test('0x80094012: Enroll on the template, and a denial outweighs it', async () => {
  const request = await pkcs10(engine, key);
  assert.equal(await denied('alice', 0x80094012, request, 'CertificateTemplate:WebServer'), 'Denied by Policy Module');
  const { sid } = await world.principal('CONTOSO\\bob');
  const template = (await readTemplate(world.directory, 'EFS'))!;
  await world.addTemplate('EFS', 'NotBob', {
    permissions: [...template.permissions, { type: 'deny', sid, rights: ['enroll'] }],
  });
  await world.publish('NotBob');
  await denied('bob', 0x80094012, request, 'CertificateTemplate:NotBob');
  const alice = await (await world.as('alice')).submit({ request, attributes: 'CertificateTemplate:NotBob' });
  assert.equal(alice.disposition, 'issued');
});

test('0x80094811: a key below the minimum, measured in the algorithm of the template', async () => {
  const short = await pkcs10(engine, await newKey(engine, { type: 'rsa', modulusLength: 1024 }));
  await denied('alice', 0x80094811, short, 'CertificateTemplate:EFS');
  const small = await pkcs10(engine, await newKey(engine, { type: 'ec', curve: 'P-256' }));
  await denied('alice', 0x80094811, small, 'CertificateTemplate:Curve');
  const fitting = await pkcs10(engine, await newKey(engine, { type: 'ec', curve: 'P-384' }));
  const outcome = await (await world.as('alice')).submit({ request: fitting, attributes: 'CertificateTemplate:Curve' });
  assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
});

test('0x8009000a: a key made for signatures, by a template for encryption alone', async () => {
  const provider = (keySpec: number) =>
    attribute(szOID_ENROLLMENT_CSP_PROVIDER, [
      encodeCspProvider({ keySpec, cspName: 'Microsoft Strong Cryptographic Provider' }),
    ]);
  const signature = await pkcs10(engine, key, { attributes: [provider(2)] });
  await denied('alice', 0x8009000a, signature, 'CertificateTemplate:EFS');
  const alice = await world.as('alice');
  // A template that signs as well takes it, and one for encryption an exchange key.
  assert.equal(
    (await alice.submit({ request: signature, attributes: 'CertificateTemplate:User' })).disposition,
    'issued',
  );
  const exchange = await pkcs10(engine, key, { attributes: [provider(1)] });
  assert.equal(
    (await alice.submit({ request: exchange, attributes: 'CertificateTemplate:EFS' })).disposition,
    'issued',
  );
});

test('0x80094812, 0x8009480d, 0x8009480f: what the directory lacks', async () => {
  const request = await pkcs10(engine, key);
  await denied('carol', 0x80094812, request, 'CertificateTemplate:User');
  await world.addTemplate('Machine', 'MachineUpn', { nameFlags: nameFlag('CT_FLAG_SUBJECT_ALT_REQUIRE_UPN') });
  await world.publish('MachineUpn');
  await denied('WEB01$', 0x8009480d, request, 'CertificateTemplate:MachineUpn');
  await denied('alice', 0x8009480f, request, 'CertificateTemplate:ForServers');
});

test('0x80094001: a template that leaves the subject to a request without one', async () => {
  const request = await pkcs10(engine, key, { subject: '' });
  await denied('Administrator', 0x80094001, request, 'CertificateTemplate:WebServer');
});

test('0x80094806: nobody asks on behalf of another', async () => {
  const attributes = 'CertificateTemplate:EFS\nrequestername:CONTOSO\\Administrator';
  await denied('alice', 0x80094806, await pkcs10(engine, key), attributes);
});

test('0x80094809, 0x8009480a, 0x8009480b: signatures of registration authorities, each of which has to hold', async () => {
  const plain = await pkcs10(engine, key);
  await denied('alice', 0x80094809, plain, 'CertificateTemplate:Cosigned');
  const enroll = async (name: string) => {
    const agentKey = await newKey(engine);
    const outcome = await (await world.as(name)).submit({
      request: await pkcs10(engine, agentKey),
      attributes: 'CertificateTemplate:EFS2',
    });
    return { certificate: outcome.certificate!, key: agentKey };
  };
  const first = await enroll('alice');
  const second = await enroll('bob');
  const template = 'Cosigned';
  await denied('alice', 0x8009480a, await cmcRequest(engine, key, { template, cosigners: [first] }));
  // The same signer does not count twice.
  await denied('alice', 0x8009480a, await cmcRequest(engine, key, { template, cosigners: [first, first] }));
  // Two who may not.
  await denied('alice', 0x8009480b, await cmcRequest(engine, key, { template, cosigners: [first, second] }));

  await world.addTemplate('EFS', 'Authority', {
    extendedKeyUsage: [szOID_KP_QUALIFIED_SUBORDINATION],
    applicationPolicies: [szOID_KP_QUALIFIED_SUBORDINATION],
  });
  await world.publish('Authority');
  const authorityKey = await newKey(engine);
  const { certificate } = await (await world.as('officer')).submit({
    request: await pkcs10(engine, authorityKey),
    attributes: 'CertificateTemplate:Authority',
  });
  const cosigners = [first, { certificate: certificate!, key: authorityKey }];
  const request = await cmcRequest(engine, key, { template, cosigners });
  const outcome = await (await world.as('alice')).submit({ request, attributes: '' });
  assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);

  // The same request once a signer is revoked.
  const [row] = await collect(
    world.ports.database.view({
      table: 'Requests',
      columns: ['Request.RequestID'],
      restrictions: [{ column: 'RawCertificate', operator: '=', value: certificate! }],
    }),
  );
  const RequestID = Number(row!.get('Request.RequestID'));
  await world.ports.database.commit([
    {
      update: 'Requests',
      RequestID,
      set: { Disposition: DB_DISP.REVOKED, RevokedWhen: world.now, RevokedEffectiveWhen: world.now, RevokedReason: 1 },
    },
  ]);
  await (await world.as('Administrator')).publishCrl();
  await denied('alice', 0x8009480b, request);
});

test('RequestDisposition: all denied, all pending', async () => {
  const admin = await world.as('Administrator');
  const set = (data: number) =>
    admin.setRegistry({ path: POLICY_MODULE, name: 'RequestDisposition', value: { type: 'REG_DWORD', data } });
  const request = await pkcs10(engine, key);
  await set(2);
  await denied('alice', 0x80094014, request, 'CertificateTemplate:EFS');
  for (const pending of [0, 3, 0x101]) {
    await set(pending);
    const outcome = await (await world.as('alice')).submit({ request, attributes: 'CertificateTemplate:EFS' });
    assert.equal(outcome.disposition, 'pending', String(pending));
  }
  await set(1);
});

test('a template that gives enrollees another identity is not published', async () => {
  await world.addTemplate('User', 'Esc1', { nameFlags: nameFlag('CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT') });
  const before = await world.state();
  await assert.rejects(world.publish('Esc1'), { symbol: 'CERTSRV_E_TEMPLATE_POLICY_REQUIRED', detail: /^ESC1/ });
  await assert.rejects(world.publish('Nonesuch'), { symbol: 'CERTSRV_E_UNKNOWN_CERT_TYPE' });
  await assert.rejects((await world.as('alice')).setTemplates([]), { symbol: 'ERROR_ACCESS_DENIED' });
  assert.deepEqual(await world.state(), before);
});
