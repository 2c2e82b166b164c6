import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { formatHex } from '#pki/asn1/bytes';
import { hasRight } from './access.ts';
import { builtInTemplates, DEFAULT_PUBLISHED_TEMPLATES } from './built-in.ts';
import { escFindings } from './esc.ts';
import { GENERAL_FLAGS } from './flags.ts';
import { formatPeriod } from './period.ts';
import { forestOid, newTemplateOid } from './template-oid.ts';

const DOMAIN = 'S-1-5-21-1-2-3';
/** The forest of the printed list in MS-CRTD appendix A. */
const FOREST = '1.3.6.1.4.1.311.21.8.11034890.834619.12601478.16236816.7255827.176';

const templates = builtInTemplates({ oid: FOREST, domainSid: DOMAIN });

const PURPOSES: Readonly<Record<string, string>> = {
  Cli: '1.3.6.1.5.5.7.3.2',
  Srv: '1.3.6.1.5.5.7.3.1',
  Code: '1.3.6.1.5.5.7.3.3',
  Mail: '1.3.6.1.5.5.7.3.4',
  OCSP: '1.3.6.1.5.5.7.3.9',
  EFS: '1.3.6.1.4.1.311.10.3.4',
  EFSrec: '1.3.6.1.4.1.311.10.3.4.1',
  CTL: '1.3.6.1.4.1.311.10.3.1',
  Agent: '1.3.6.1.4.1.311.20.2.1',
  SC: '1.3.6.1.4.1.311.20.2.2',
  Xchg: '1.3.6.1.4.1.311.21.5',
  KRA: '1.3.6.1.4.1.311.21.6',
  DSrepl: '1.3.6.1.4.1.311.21.19',
  IKE: '1.3.6.1.5.5.8.2.2',
  KDC: '1.3.6.1.5.2.3.5',
};

const UNITS: Readonly<Record<string, string>> = { y: 'Years', w: 'Weeks', d: 'Days' };

test('each field of each template is what MS-CRTD lists', () => {
  const table = readFileSync(new URL('../../../test/vectors/templates/built-in.md', import.meta.url), 'utf8');
  const rows = table
    .split('\n')
    .slice(2)
    .filter((line) => line !== '')
    .map((line) => line.slice(2, -2).split(' | '));
  assert.equal(rows.length, 33);
  assert.deepEqual(
    templates.map(({ cn }) => cn),
    rows.map(([cn]) => cn),
  );
  for (const [index, row] of rows.entries()) {
    const template = templates[index]!;
    const [
      cn,
      displayName,
      version,
      revision,
      flags,
      name,
      enrollment,
      privateKey,
      bits,
      spec,
      usage,
      purposes,
      periods,
      n,
    ] = row;
    const hex = (text: string | undefined) => Number.parseInt(text!, 16);
    const words = (text: string) =>
      text.replace(/^(\d+)(.)$/, (_, count: string, unit: string) => `${count} ${UNITS[unit]}`);
    const eku = purposes === '-' ? [] : purposes!.split(' ').map((short) => PURPOSES[short]);
    assert.deepEqual(
      {
        cn: template.cn,
        displayName: template.displayName,
        schemaVersion: template.schemaVersion,
        revision: `${template.revision}.${template.minorRevision}`,
        flags: template.flags,
        nameFlags: template.nameFlags,
        enrollmentFlags: template.enrollmentFlags,
        privateKeyFlags: template.privateKeyFlags,
        minimalKeySize: template.minimalKeySize,
        defaultKeySpec: template.defaultKeySpec,
        keyUsage: formatHex(template.keyUsage),
        extendedKeyUsage: template.extendedKeyUsage,
        applicationPolicies: template.applicationPolicies,
        periods: [formatPeriod(template.expirationPeriod), formatPeriod(template.overlapPeriod)],
        oid: template.oid,
      },
      {
        cn,
        displayName,
        schemaVersion: Number(version),
        revision,
        flags: hex(flags),
        nameFlags: hex(name),
        enrollmentFlags: hex(enrollment),
        privateKeyFlags: hex(privateKey),
        minimalKeySize: Number(bits),
        defaultKeySpec: Number(spec),
        keyUsage: usage!.replace(' ', ''),
        extendedKeyUsage: eku,
        applicationPolicies: version === '1' ? [] : eku,
        periods: periods!.split('/').map(words),
        oid: `${FOREST}.1.${n}`,
      },
    );
  }
});

test('what the list says beside the columns', () => {
  const having = (matches: (template: (typeof templates)[number]) => boolean) =>
    templates.filter(matches).map(({ cn }) => cn);
  assert.deepEqual(
    having(({ criticalExtensions }) => !criticalExtensions.includes('2.5.29.15')),
    ['KeyRecoveryAgent'],
  );
  assert.deepEqual(
    having(({ criticalExtensions }) => criticalExtensions.includes('2.5.29.19')),
    ['CA', 'CrossCA', 'SubCA'],
  );
  assert.deepEqual(
    having(({ maxIssuingDepth }) => maxIssuingDepth === -1),
    ['CA', 'CrossCA', 'SubCA'],
  );
  assert.deepEqual(
    having(({ criticalExtensions }) => criticalExtensions.includes('2.5.29.17')),
    ['DirectoryEmailReplication', 'DomainControllerAuthentication', 'KerberosAuthentication'],
  );
  assert.deepEqual(
    having(({ raSignatures }) => raSignatures !== 0),
    ['CrossCA'],
  );
  assert.deepEqual(
    having(({ supersededTemplates }) => supersededTemplates.includes('DomainController')),
    ['DirectoryEmailReplication', 'DomainControllerAuthentication'],
  );
  const providers = (cn: string) => templates.find((template) => template.cn === cn)?.defaultCSPs;
  assert.deepEqual(providers('KeyRecoveryAgent'), ['Microsoft Enhanced Cryptographic Provider v1.0']);
  assert.deepEqual(providers('User'), [
    'Microsoft Enhanced Cryptographic Provider v1.0',
    'Microsoft Base Cryptographic Provider v1.0',
  ]);
  assert.deepEqual(providers('CodeSigning')?.at(-1), 'Microsoft Base DSS Cryptographic Provider');
  assert.deepEqual(providers('Machine'), ['Microsoft RSA SChannel Cryptographic Provider']);
  assert.deepEqual(providers('WebServer'), [
    'Microsoft RSA SChannel Cryptographic Provider',
    'Microsoft DH SChannel Cryptographic Provider',
  ]);
  assert.deepEqual(
    having(({ defaultCSPs }) => defaultCSPs.length === 0),
    ['OCSPResponseSigning', 'SmartcardLogon', 'SmartcardUser'],
  );
});

test('who may enroll', () => {
  const enrolls = (cn: string, ...rids: number[]) => {
    const sids = ['S-1-5-11', 'S-1-1-0', ...rids.map((rid) => `${DOMAIN}-${rid}`)];
    return hasRight(templates.find((template) => template.cn === cn)!, sids, 'enroll');
  };
  const [admins, users, computers, controllers] = [512, 513, 515, 516];
  assert.equal(enrolls('User', users), true);
  assert.equal(enrolls('EFS', users), true);
  assert.equal(enrolls('KeyRecoveryAgent', users), false);
  assert.equal(enrolls('KeyRecoveryAgent', admins), true);
  assert.equal(enrolls('KeyRecoveryAgent', 519), true);
  assert.equal(enrolls('Machine', users), false);
  assert.equal(enrolls('Machine', computers), true);
  assert.equal(enrolls('DomainController', computers), false);
  assert.equal(enrolls('KerberosAuthentication', controllers), true);
  assert.equal(enrolls('SubCA', users), false);
  for (const template of templates) {
    assert.equal(hasRight(template, ['S-1-5-11'], 'read'), true, template.cn);
    assert.equal(hasRight(template, [`${DOMAIN}-513`, 'S-1-5-11', 'S-1-1-0'], 'write'), false, template.cn);
    assert.equal(hasRight(template, [`${DOMAIN}-519`], 'fullControl'), true, template.cn);
  }
});

test('none of them hands out another identity', () => {
  for (const template of templates) assert.deepEqual(escFindings(template), [], template.cn);
});

test('what a new CA issues exists, and is not the KRA template', () => {
  const names = new Set(templates.map(({ cn }) => cn));
  assert.equal(DEFAULT_PUBLISHED_TEMPLATES.length, 11);
  assert.ok(DEFAULT_PUBLISHED_TEMPLATES.every((cn) => names.has(cn)));
  assert.equal(DEFAULT_PUBLISHED_TEMPLATES.includes('KeyRecoveryAgent'), false);
});

test('identifiers of forests and templates', () => {
  // The six arcs of the printed list, as the sixteen octets they stand for.
  const guid = Uint8Array.of(
    0xa8,
    0x61,
    0x0a,
    0x0c,
    0xbc,
    0x3b,
    0xc0,
    0x48,
    0x86,
    0xf7,
    0xc1,
    0x10,
    0x6e,
    0xb7,
    0x13,
    0xb0,
  );
  assert.equal(forestOid(guid), FOREST);
  assert.equal(
    newTemplateOid(FOREST, () => Uint8Array.of(0, 0, 0, 0, 1, 2, 3, 4)),
    `${FOREST}.2.66051`,
  );
  assert.equal(new Set(templates.map(({ oid }) => oid)).size, templates.length);
  assert.equal(new Set(GENERAL_FLAGS.map(({ value }) => value)).size, GENERAL_FLAGS.length);
});
