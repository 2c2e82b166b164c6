import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEmbeddedDirectory } from '#directory/embedded/open-embedded-directory';
import { encodeTemplateAttributes } from './attributes.ts';
import { TemplateCatalog } from './template-catalog.ts';
import { enrollmentService, readTemplate, templatesContainer } from './templates-in-directory.ts';

test('templates are decoded again once the configuration changed, and not for people who get certificates', async () => {
  const directory = openEmbeddedDirectory({ path: ':memory:' });
  await directory.install('contoso.com', 'CONTOSO');
  await directory.put(
    enrollmentService(directory, 'CA'),
    new Map([
      ['objectClass', ['top', 'pKIEnrollmentService']],
      ['certificateTemplates', ['EFS']],
    ]),
  );
  const catalog = new TemplateCatalog(directory, 'CA');
  const first = await catalog.read();
  assert.deepEqual(first.published, ['EFS']);
  const alice = await directory.addUser({ accountName: 'alice' });
  await directory.addValues(alice.object.distinguishedName, 'userCertificate', [Uint8Array.of(1)]);
  assert.equal(await catalog.read(), first);

  const efs = (await readTemplate(directory, 'EFS'))!;
  await directory.put(
    `CN=EFS,${templatesContainer(directory)}`,
    new Map(
      [...encodeTemplateAttributes(efs)].filter(([name]) => name === 'displayName').map(([name]) => [name, ['New']]),
    ),
  );
  const second = await catalog.read();
  assert.notEqual(second, first);
  assert.equal(second.templates.find(({ cn }) => cn === 'EFS')?.displayName, 'New');
  await directory.put(enrollmentService(directory, 'CA'), new Map([['certificateTemplates', []]]));
  assert.deepEqual((await catalog.read()).published, []);
  await directory.close();
});
