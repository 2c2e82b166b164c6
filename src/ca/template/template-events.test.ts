import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AuthorityWorld, collect } from '#test/support/authority-world';
import { EDITF } from '../config/registry-flags.ts';
import { POLICY_MODULE } from '../config/registry-values.ts';
import { encodeTemplateAttributes } from './attributes.ts';
import type { CertificateTemplate } from './certificate-template.ts';
import { readTemplate, templatesContainer } from './templates-in-directory.ts';
import { editTemplate } from './versions.ts';

let world: AuthorityWorld;

before(async () => {
  world = await AuthorityWorld.create();
  await world.addTemplate('EFS', 'Mail');
  await world.publish('Mail');
});
after(() => world.close());

async function put(template: CertificateTemplate): Promise<void> {
  await world.directory.put(
    `CN=${template.cn},${templatesContainer(world.directory)}`,
    encodeTemplateAttributes(template),
  );
}

/** What loading the templates makes of the log: event, template, fields. */
async function recorded(): Promise<(readonly [number, ReadonlyMap<string, string>])[]> {
  const known = (await collect(world.ports.database.audit())).length;
  // Several people at once: one of them loads, and it is told of once.
  await Promise.all(['alice', 'bob', 'officer'].map(async (person) => (await world.as(person)).templates()));
  const entries = (await collect(world.ports.database.audit())).slice(known);
  return entries.map(({ record }) => [record.eventId, new Map(record.fields)] as const);
}

test('templates are on record as the CA loads them, where EDITF_AUDITCERTTEMPLATELOAD says so', async () => {
  await world.restart();
  assert.deepEqual(await recorded(), []);
  const admin = await world.as('Administrator');
  const data = 0x11014e | EDITF.AUDITCERTTEMPLATELOAD;
  await admin.setRegistry({ path: POLICY_MODULE, name: 'EditFlags', value: { type: 'REG_DWORD', data } });
  await world.restart();
  const loaded = await recorded();
  const { published } = await world.authority.templates.read();
  assert.deepEqual(
    loaded.map(([id, fields]) => [id, fields.get('TemplateInternalName')]),
    published.map((cn) => [4898, cn]),
  );
  const [, mail] = loaded.at(-1)!;
  const template = (await readTemplate(world.directory, 'Mail'))!;
  assert.equal(mail.get('TemplateOID'), template.oid);
  assert.equal(mail.get('TemplateVersion'), `${template.revision}.${template.minorRevision}`);
  assert.equal(mail.get('TemplateSchemaVersion'), '2');
  assert.equal(mail.get('TemplateDSObjectFQDN'), `CN=Mail,${templatesContainer(world.directory)}`);
  assert.equal(mail.get('DCDNSName'), 'contoso.com');
  assert.match(mail.get('TemplateContent')!, /^msPKI-Enrollment-Flag = /m);
  assert.match(mail.get('SecurityDescriptor')!, /^O:.*D:/);
  assert.deepEqual(await recorded(), []);
});

test('a change of content is 4899, one of permissions 4900, each with what was before', async () => {
  const before = (await readTemplate(world.directory, 'Mail'))!;
  await put(editTemplate(before, { raSignatures: 1 }));
  const [[id, changed], ...more] = (await recorded()) as [readonly [number, ReadonlyMap<string, string>]];
  assert.deepEqual([id, more.length], [4899, 0]);
  assert.match(changed.get('OldTemplateContent')!, /^msPKI-RA-Signature = 0$/m);
  assert.match(changed.get('NewTemplateContent')!, /^msPKI-RA-Signature = 1$/m);

  const edited = (await readTemplate(world.directory, 'Mail'))!;
  const { sid } = await world.principal('CONTOSO\\alice');
  await put(editTemplate(edited, { permissions: [...edited.permissions, { type: 'deny', sid, rights: ['enroll'] }] }));
  const [[secured, fields]] = (await recorded()) as [readonly [number, ReadonlyMap<string, string>]];
  assert.equal(secured, 4900);
  assert.ok(fields.get('NewSecurityDescriptor')!.includes(sid));
  assert.ok(!fields.get('OldSecurityDescriptor')!.includes(sid));
  // Templates the CA does not issue are no business of its log.
  await put({ ...(await readTemplate(world.directory, 'CodeSigning'))!, displayName: 'Signing' });
  assert.deepEqual(await recorded(), []);
});
