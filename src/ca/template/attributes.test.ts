import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { parseHex } from '#pki/asn1/bytes';
import type { DirectoryObject } from '../ports.ts';
import type { AttributeValues } from './attribute-reader.ts';
import { decodeTemplateAttributes, encodeTemplateAttributes } from './attributes.ts';
import { builtInTemplates } from './built-in.ts';
import type { CertificateTemplate } from './certificate-template.ts';
import { GUID_ENROLL } from './permissions.ts';
import { decodeSecurityDescriptor } from './security-descriptor.ts';
import { duplicateTemplate, editTemplate } from './versions.ts';

const DOMAIN = 'S-1-5-21-1-2-3';
const templates = builtInTemplates({ oid: '1.3.6.1.4.1.311.21.8.1.2.3.4.5.6', domainSid: DOMAIN });
const builtIn = (cn: string) => templates.find((template) => template.cn === cn)!;

function objectOf(attributes: ReadonlyMap<string, AttributeValues>): DirectoryObject {
  const present = [...attributes].filter(([, values]) => values.length > 0);
  return { distinguishedName: 'CN=x,DC=contoso,DC=com', attributes: new Map(present) };
}

/** Without what only says how the template was read. */
function essence(template: CertificateTemplate): Partial<CertificateTemplate> {
  const { securityDescriptor: _, otherAttributes: __, ...rest } = template;
  return rest;
}

test('the Administrator template as MS-CRTD 3 prints it', () => {
  const attributes = encodeTemplateAttributes(builtIn('Administrator'));
  assert.deepEqual(attributes.get('objectClass'), ['top', 'pKICertificateTemplate']);
  assert.deepEqual(attributes.get('flags'), ['66106']);
  assert.deepEqual(attributes.get('revision'), ['4']);
  assert.deepEqual(attributes.get('msPKI-Template-Minor-Revision'), ['1']);
  assert.deepEqual(attributes.get('msPKI-Certificate-Name-Flag'), ['-1509949440']);
  assert.deepEqual(attributes.get('msPKI-Enrollment-Flag'), ['41']);
  assert.deepEqual(attributes.get('pKIKeyUsage'), [parseHex('a000')]);
  assert.deepEqual(attributes.get('pKIExpirationPeriod'), [parseHex('004039872ee1feff')]);
  assert.deepEqual(attributes.get('pKIDefaultCSPs'), [
    '1,Microsoft Enhanced Cryptographic Provider v1.0',
    '2,Microsoft Base Cryptographic Provider v1.0',
  ]);
  assert.deepEqual(attributes.get('msPKI-RA-Application-Policies'), []);
});

test('version 3 keeps its algorithms in one string', () => {
  assert.deepEqual(encodeTemplateAttributes(builtIn('OCSPResponseSigning')).get('msPKI-RA-Application-Policies'), [
    'msPKI-Asymmetric-Algorithm`PZPWSTR`RSA`msPKI-Hash-Algorithm`PZPWSTR`SHA1`msPKI-Key-Security-Descriptor`PZPWSTR`' +
      'D:(A;;FA;;;BA)(A;;FA;;;SY)(A;;GR;;;S-1-5-80-3804348527-3718992918-2141599610-3686422417-2726379419)`' +
      'msPKI-Key-Usage`DWORD`2`',
  ]);
  const copy = duplicateTemplate(builtIn('User'), { cn: 'U', displayName: 'U', schemaVersion: 3, oid: '1.2.3' });
  const archived = editTemplate(copy, {
    symmetricAlgorithm: 'AES',
    symmetricKeyLength: 256,
    raApplicationPolicies: ['1.3.6.1.4.1.311.20.2.1', '1.2.3'],
    raSignatures: 1,
  });
  const written = encodeTemplateAttributes(archived);
  assert.deepEqual(written.get('msPKI-RA-Application-Policies'), [
    'msPKI-Asymmetric-Algorithm`PZPWSTR`RSA`msPKI-Hash-Algorithm`PZPWSTR`SHA256`msPKI-Key-Usage`DWORD`16777215`' +
      'msPKI-RA-Application-Policies`PZPWSTR`1.3.6.1.4.1.311.20.2.1,1.2.3`' +
      'msPKI-Symmetric-Algorithm`PZPWSTR`AES`msPKI-Symmetric-Key-Length`DWORD`256`',
  ]);
  assert.deepEqual(essence(decodeTemplateAttributes(objectOf(written))), essence(archived));
});

test('every template comes back from its attributes, and these from the template', () => {
  for (const template of templates) {
    const attributes = encodeTemplateAttributes(template);
    const read = decodeTemplateAttributes(objectOf(attributes));
    assert.deepEqual(essence(read), essence(template), template.cn);
    assert.deepEqual(encodeTemplateAttributes(read), attributes, template.cn);
  }
});

test('attributes this code does not know are kept, those of the directory are not written', () => {
  const attributes = new Map(encodeTemplateAttributes(builtIn('User')));
  attributes.set('msPKI-Unheard-Of', ['x', Uint8Array.of(1)]);
  attributes.set('whenChanged', ['20260101000000.0Z']);
  const read = decodeTemplateAttributes(objectOf(attributes));
  assert.deepEqual(read.otherAttributes?.get('whenChanged'), ['20260101000000.0Z']);
  const written = encodeTemplateAttributes(read);
  assert.deepEqual(written.get('msPKI-Unheard-Of'), ['x', Uint8Array.of(1)]);
  assert.equal(written.has('whenChanged'), false);
});

test('a foreign descriptor is written as it was while its rights stay', () => {
  // Owner, group and list in another order than ours, with an audit entry and a class-bound entry.
  const foreign = parseHex(
    '010014d01400000030000000000000004c000000' +
      '010500000000000515000000010000000200000003000000' +
      '07020000' +
      '010500000000000515000000010000000200000003000000' +
      '07020000' +
      '04005800' +
      '02000000' +
      '05003800300100000100000068c9100efb78d21190d400c04f79dc55010500000000000515000000010000000200000003000000' +
      '01020000' +
      '00001800140002000102000000000005200000002102 0000'.replace(' ', ''),
  );
  const attributes = new Map(encodeTemplateAttributes(builtIn('User')));
  attributes.set('nTSecurityDescriptor', [foreign]);
  const read = decodeTemplateAttributes(objectOf(attributes));
  assert.equal(read.owner, `${DOMAIN}-519`);
  assert.deepEqual(read.permissions, [
    { type: 'allow', sid: `${DOMAIN}-513`, rights: ['enroll'] },
    { type: 'allow', sid: 'S-1-5-32-545', rights: ['read'] },
  ]);
  assert.deepEqual(encodeTemplateAttributes(read).get('nTSecurityDescriptor'), [foreign]);

  const changed = editTemplate(read, {
    permissions: [...read.permissions, { type: 'deny', sid: `${DOMAIN}-1200`, rights: ['enroll'] }],
  });
  const [bytes] = encodeTemplateAttributes(changed).get('nTSecurityDescriptor')!;
  const descriptor = decodeSecurityDescriptor(bytes as Uint8Array);
  // The trustees that stay keep their entries to the bit; the denial stands before them.
  const before = decodeSecurityDescriptor(foreign).dacl!;
  assert.deepEqual(descriptor.dacl?.slice(1), before);
  assert.deepEqual(descriptor.dacl?.[0], {
    type: 6,
    flags: 0,
    mask: 0x100,
    sid: `${DOMAIN}-1200`,
    objectType: GUID_ENROLL,
    applicationData: new Uint8Array(),
  });
});

test('a template older than the schema attributes is of version 1', () => {
  const attributes = new Map(encodeTemplateAttributes(builtIn('WebServer')));
  attributes.delete('msPKI-Template-Schema-Version');
  attributes.delete('msPKI-Cert-Template-OID');
  attributes.delete('nTSecurityDescriptor');
  const read = decodeTemplateAttributes(objectOf(attributes));
  assert.deepEqual([read.schemaVersion, read.oid, read.owner, read.permissions], [1, '', '', []]);
  assert.deepEqual(encodeTemplateAttributes(read).get('nTSecurityDescriptor'), []);
});

const FAULTS: readonly (readonly [attribute: string, values: AttributeValues])[] = [
  ['cn', []],
  ['cn', ['a', 'b']],
  ['flags', ['x']],
  ['flags', ['4294967296']],
  ['revision', ['-1']],
  ['pKIKeyUsage', ['a000']],
  ['pKIExpirationPeriod', []],
  ['pKIExpirationPeriod', [Uint8Array.of(1)]],
  ['pKIExtendedKeyUsage', ['clientAuth']],
  ['pKIExtendedKeyUsage', [`1.2.${'9'.repeat(1000)}`]],
  ['pKIDefaultCSPs', ['Microsoft Base Cryptographic Provider v1.0']],
  ['msPKI-Template-Schema-Version', ['5']],
  ['msPKI-Cert-Template-OID', ['x']],
  ['msPKI-RA-Application-Policies', ['not an oid']],
  ['nTSecurityDescriptor', [Uint8Array.of(1, 0, 4, 128)]],
];

test('what is no template is refused with the attribute', () => {
  for (const [attribute, values] of FAULTS) {
    const attributes = new Map(encodeTemplateAttributes(builtIn('User')));
    attributes.set(attribute, values);
    assert.throws(
      () => decodeTemplateAttributes(objectOf(attributes)),
      (error) => isHresult(error, 'ERROR_INVALID_DATA'),
    );
  }
  for (const text of [
    'RSA',
    'a`PZPWSTR`',
    'a`DWORD`x`',
    'a`DWORD`1`a`DWORD`2`',
    'msPKI-Hash-Algorithm`DWORD`1`',
    'a`b`c`',
  ]) {
    const attributes = new Map(encodeTemplateAttributes(builtIn('OCSPResponseSigning')));
    attributes.set('msPKI-RA-Application-Policies', [text]);
    assert.throws(
      () => decodeTemplateAttributes(objectOf(attributes)),
      (error) => isHresult(error, 'ERROR_INVALID_DATA'),
      text,
    );
  }
});

test('any values raise nothing but HresultError', () => {
  const names = [...encodeTemplateAttributes(builtIn('OCSPResponseSigning')).keys()];
  const value = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom('0', '1', '3', '-1', '1.2.3', '`', 'a`DWORD`1`', '1,x'),
    fc.uint8Array({ maxLength: 40 }),
  );
  const changes = fc.array(fc.tuple(fc.constantFrom(...names), fc.array(value, { maxLength: 3 })), {
    minLength: 1,
    maxLength: 3,
  });
  let read = 0;
  fc.assert(
    fc.property(fc.constantFrom(...templates), changes, (template, changed) => {
      try {
        const attributes = new Map([...encodeTemplateAttributes(template), ...changed]);
        encodeTemplateAttributes(decodeTemplateAttributes(objectOf(attributes)));
        read++;
      } catch (error) {
        assert.ok(error instanceof HresultError, String(error));
      }
    }),
    { seed: 5, numRuns: 2000 },
  );
  assert.ok(read > 50);
});
