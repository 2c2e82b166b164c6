import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { szOID_ENROLLMENT_AGENT, szOID_ENROLLMENT_NAME_VALUE_PAIR } from '#pki/asn1/oid-table';
import { encodeNameValuePair } from '#pki/cmc/enrollment-name-value-pair';
import { attributeOf } from '#pki/cms/attribute';
import { nodeEngine as engine } from '#pki/crypto/node/engine';
import { decodeCertificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { formatName } from '#pki/x509/name-text';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { type Cosigner, cmcRequest, newKey, pkcs7Request, pkcs10, type RequesterKey } from '#test/support/requester';
import { encodeOfficerRights } from '../roles/officer-rights.ts';
import { CR_FLG } from '../schema/dispositions.ts';
import { enrollmentFlag } from '../template/flags.ts';

let world: AuthorityWorld;
let key: RequesterKey;
/** Officer's: the enrollment agent of this world. */
let agent: Cosigner;

async function enroll(name: string, template: string): Promise<Cosigner> {
  const agentKey = await newKey(engine);
  const outcome = await (await world.as(name)).submit({
    request: await pkcs10(engine, agentKey),
    attributes: `CertificateTemplate:${template}`,
  });
  const done =
    outcome.disposition === 'pending' ? await (await world.as('Administrator')).resubmit(outcome.requestId) : outcome;
  assert.ok(done.certificate, done.dispositionMessage);
  return { certificate: done.certificate, key: agentKey };
}

before(async () => {
  world = await AuthorityWorld.create();
  key = await newKey(engine);
  await world.addTemplate('User', 'Agent', {
    extendedKeyUsage: [szOID_ENROLLMENT_AGENT],
    applicationPolicies: [szOID_ENROLLMENT_AGENT],
    enrollmentFlags: enrollmentFlag('CT_FLAG_PEND_ALL_REQUESTS'),
  });
  await world.addTemplate('EFS', 'Plain');
  await world.addTemplate('EFS', 'ByAgent', { raSignatures: 1, raApplicationPolicies: [szOID_ENROLLMENT_AGENT] });
  await world.addTemplate('EFS', 'Flagged', {
    enrollmentFlags: enrollmentFlag('CT_FLAG_ALLOW_ENROLL_ON_BEHALF_OF'),
  });
  await world.publish('Agent', 'Plain', 'ByAgent', 'Flagged');
  agent = await enroll('officer', 'Agent');
});
after(() => world.close());

const pairFor = (name: string) => ['RequesterName', name] as const;

async function ask(template: string, name: string, options: { readonly agent?: Cosigner; readonly as?: string } = {}) {
  const request = await cmcRequest(engine, key, {
    template,
    pairs: [pairFor(name)],
    cosigners: [options.agent ?? agent],
  });
  return (await world.as(options.as ?? 'officer')).submit({ request, attributes: '' });
}

test('the certificate is for the one it was asked for; row, audit and directory say who asked', async () => {
  for (const template of ['ByAgent', 'Flagged', 'EFS']) {
    const outcome = await ask(template, 'CONTOSO\\bob');
    assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
    const { subject, extensions } = decodeCertificate(outcome.certificate!).tbsCertificate;
    const bob = await world.principal('CONTOSO\\bob');
    assert.match(formatName(subject), /CN=bob/);
    if (template !== 'EFS') assert.equal(extensionValue(extensions, EXTENSIONS.ntdsCaSecurity), bob.sid);
    const row = await world.ports.database.request(outcome.requestId);
    assert.equal(row?.RequesterName, 'CONTOSO\\bob');
    assert.equal(row?.CallerName, 'CONTOSO\\officer');
    assert.equal(row?.SignerApplicationPolicies, szOID_ENROLLMENT_AGENT);
    assert.ok((row!.RequestFlags! & CR_FLG.ENROLLONBEHALFOF) !== 0);
    const [issued] = (await collect(world.ports.database.audit())).slice(-1);
    assert.equal(issued?.record.eventId, 4887);
    assert.ok(JSON.stringify(issued?.record).includes('bob'));
  }
  assert.deepEqual(await world.publishedCertificates('CONTOSO\\officer'), []);
});

test('agent and subject retrieve it, nobody else', async () => {
  const { requestId } = await ask('ByAgent', 'CONTOSO\\bob');
  for (const name of ['officer', 'bob'])
    assert.equal((await (await world.as(name)).retrieve(requestId)).disposition, 'issued');
  await assert.rejects((await world.as('alice')).retrieve(requestId), { symbol: 'CERTSRV_E_PROPERTY_EMPTY' });
});

test('by UPN; by a PKCS #7 whose signature names the subject', async () => {
  assert.equal((await ask('ByAgent', 'bob@contoso.com')).disposition, 'issued');
  const signedAttributes = [
    attributeOf(szOID_ENROLLMENT_NAME_VALUE_PAIR, encodeNameValuePair(pairFor('CONTOSO\\alice'))),
  ];
  const request = await pkcs7Request(engine, await pkcs10(engine, key), { ...agent, signedAttributes });
  const outcome = await (await world.as('officer')).submit({ request, attributes: 'CertificateTemplate:ByAgent' });
  assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
  assert.match(formatName(decodeCertificate(outcome.certificate!).tbsCertificate.subject), /CN=alice/);
});

test('0x80094806: a template that takes none; a name that no agent signed', async () => {
  assert.equal((await ask('Plain', 'CONTOSO\\bob')).statusCode, 0x80094806);
  const officer = await world.as('officer');
  const unsigned = await officer.submit({
    request: await cmcRequest(engine, key, { template: 'ByAgent', cosigners: [agent] }),
    attributes: 'RequesterName:CONTOSO\\bob',
  });
  assert.equal(unsigned.statusCode, 0x80094806);
  // The name inside a message that the agent did not write.
  const own = await cmcRequest(engine, key, { template: 'EFS', pairs: [pairFor('CONTOSO\\bob')] });
  assert.equal((await officer.submit({ request: own, attributes: '' })).statusCode, 0x80094806);
});

test("0x8009480b: no agent's certificate; another agent's", async () => {
  const alice = await enroll('alice', 'EFS');
  assert.equal((await ask('Flagged', 'CONTOSO\\bob', { as: 'alice', agent: alice })).statusCode, 0x8009480b);
  assert.equal((await ask('Flagged', 'CONTOSO\\bob', { as: 'alice' })).statusCode, 0x8009480b);
});

test('0x80070534 for nobody', async () => {
  assert.equal((await ask('ByAgent', 'CONTOSO\\nobody')).statusCode, 0x80070534);
  assert.equal((await ask('ByAgent', 'CONTOSO\\KRAs')).statusCode, 0x80070534);
});

test("0x80094009, ESC3: an administrator's certificate waits for a certificate manager", async () => {
  const denied = await ask('ByAgent', 'CONTOSO\\Administrator');
  assert.equal(denied.disposition, 'denied');
  assert.equal(denied.statusCode, 0x80094009);
  const outcome = await (await world.as('Administrator')).resubmit(denied.requestId);
  assert.equal(outcome.disposition, 'issued', outcome.dispositionMessage);
  assert.match(formatName(decodeCertificate(outcome.certificate!).tbsCertificate.subject), /CN=Administrator/);
});

test('0x80094009: EnrollmentAgentRights, by whom, for whom and by which template', async () => {
  const admin = await world.as('Administrator');
  const { sid } = await world.principal('CONTOSO\\officer');
  const bob = await world.principal('CONTOSO\\bob');
  const restrict = (...rights: Parameters<typeof encodeOfficerRights>[0]) =>
    admin.setRegistry({
      path: '',
      name: 'EnrollmentAgentRights',
      value: { type: 'REG_BINARY', data: encodeOfficerRights(rights) },
    });
  const right = { officer: sid, subjects: [bob.sid], template: 'ByAgent' } as const;
  const asked = async (template: string, name: string) => (await ask(template, `CONTOSO\\${name}`)).statusCode;
  await restrict({ type: 'allow', ...right });
  assert.equal(await asked('ByAgent', 'bob'), 0);
  assert.equal(await asked('ByAgent', 'alice'), 0x80094009);
  assert.equal(await asked('Flagged', 'bob'), 0x80094009);
  await restrict({ type: 'deny', ...right }, { type: 'allow', ...right, subjects: ['S-1-1-0'], template: undefined });
  assert.equal(await asked('ByAgent', 'bob'), 0x80094009);
  assert.equal(await asked('ByAgent', 'alice'), 0);
  await restrict();
  assert.equal(await asked('ByAgent', 'bob'), 0x80094009);
  await assert.rejects(
    admin.setRegistry({
      path: '',
      name: 'EnrollmentAgentRights',
      value: { type: 'REG_BINARY', data: new Uint8Array(8) },
    }),
    { symbol: 'ERROR_INVALID_DATA' },
  );
  await admin.removeRegistry('', 'EnrollmentAgentRights');
  assert.equal(await asked('ByAgent', 'bob'), 0);
});

test('restricted agents ask for those an entry names, by its template; one without an entry for nobody', async () => {
  const admin = await world.as('Administrator');
  const outcomes = async () => {
    const found: string[] = [];
    for (const [template, name] of [
      ['Flagged', 'bob'],
      ['Flagged', 'alice'],
      ['ByAgent', 'bob'],
    ] as const) {
      const { disposition, statusCode } = await ask(template, `CONTOSO\\${name}`);
      found.push(statusCode === 0x80094009 ? 'restricted' : disposition);
    }
    return found;
  };
  assert.deepEqual(await outcomes(), ['issued', 'issued', 'issued']);
  const bob = { type: 'allow', subjects: ['CONTOSO\\bob'], template: 'Flagged' } as const;
  await admin.restrictOfficer('EnrollmentAgentRights', 'CONTOSO\\officer', [bob]);
  assert.deepEqual(await outcomes(), ['issued', 'restricted', 'restricted']);
  await admin.restrictOfficer('EnrollmentAgentRights', 'CONTOSO\\Domain Users', [
    { type: 'allow', subjects: ['Everyone'], template: undefined },
  ]);
  assert.deepEqual(await outcomes(), ['issued', 'issued', 'issued']);
  await admin.restrictOfficer('EnrollmentAgentRights', 'CONTOSO\\officer', [
    { type: 'deny', subjects: ['CONTOSO\\alice'], template: undefined },
  ]);
  assert.deepEqual(await outcomes(), ['issued', 'restricted', 'issued']);
  // Who asks for himself is nobody's agent.
  const own = await pkcs10(engine, key);
  const forHimself = await (await world.as('officer')).submit({ request: own, attributes: 'CertificateTemplate:EFS' });
  assert.equal(forHimself.disposition, 'issued');
  await admin.restrictOfficer('EnrollmentAgentRights', 'CONTOSO\\officer', []);
  await admin.restrictOfficer('EnrollmentAgentRights', 'CONTOSO\\Domain Users', []);
  assert.deepEqual(await outcomes(), ['restricted', 'restricted', 'restricted']);
  await admin.liftOfficerRestrictions('EnrollmentAgentRights');
  assert.deepEqual(await outcomes(), ['issued', 'issued', 'issued']);
});
