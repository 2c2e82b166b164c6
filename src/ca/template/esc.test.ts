import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInTemplates } from './built-in.ts';
import type { CertificateTemplate } from './certificate-template.ts';
import { type EscFinding, escFindings, type PublishedContext } from './esc.ts';

const DOMAIN = 'S-1-5-21-1-2-3';
const templates = builtInTemplates({ oid: '1.3.6.1.4.1.311.21.8.1.2.3.4.5.6', domainSid: DOMAIN });
const builtIn = (cn: string) => templates.find((template) => template.cn === cn)!;

function open(cn: string, changes: Partial<CertificateTemplate> = {}): CertificateTemplate {
  const template = builtIn(cn);
  return {
    ...template,
    permissions: [...template.permissions, { type: 'allow', sid: `${DOMAIN}-513`, rights: ['enroll'] }],
    ...changes,
  };
}

function ids(template: CertificateTemplate, context?: PublishedContext): EscFinding['id'][] {
  return escFindings(template, context).map(({ id }) => id);
}

test('each class is found where it is', () => {
  const v2 = { schemaVersion: 2 as const };
  assert.deepEqual(ids(open('User', { ...v2, nameFlags: 1 })), ['ESC1']);
  assert.deepEqual(ids(open('User', { ...v2, nameFlags: 0x10000 })), ['ESC1']);
  assert.deepEqual(ids(open('WebServer', { ...v2, applicationPolicies: ['1.3.6.1.5.2.3.4'] })), ['ESC1', 'ESC17']);
  assert.deepEqual(ids(open('SubCA', v2)), ['ESC1', 'ESC2']);
  assert.deepEqual(ids(open('User', { ...v2, extendedKeyUsage: ['2.5.29.37.0'] })), ['ESC2']);
  assert.deepEqual(ids(open('EnrollmentAgent')), ['ESC3']);
  assert.deepEqual(ids(open('User', { ...v2, enrollmentFlags: 0x80000 })), ['ESC9']);
  // Without a purpose that signs in nothing is gained by leaving the SID out.
  assert.deepEqual(ids(open('EFS', { ...v2, enrollmentFlags: 0x80000 })), []);
  assert.deepEqual(ids(open('WebServer')), ['ESC15', 'ESC17']);
  assert.deepEqual(ids(open('WebServer', v2)), ['ESC17']);
});

test('writers and owners who are no administrators', () => {
  const writer = (rights: 'write' | 'fullControl'): CertificateTemplate => ({
    ...builtIn('User'),
    permissions: [{ type: 'allow', sid: 'S-1-5-11', rights: [rights] }],
    enrollmentFlags: 2,
  });
  assert.deepEqual(ids(writer('write')), ['ESC4']);
  assert.deepEqual(ids(writer('fullControl')), ['ESC4']);
  assert.deepEqual(ids({ ...builtIn('KeyRecoveryAgent'), owner: `${DOMAIN}-1107` }), ['ESC4']);
  assert.deepEqual(ids({ ...builtIn('KeyRecoveryAgent'), owner: 'S-1-5-18' }), []);
});

test('approval, a signature, a denial or trust take the finding away', () => {
  const bad = open('User', { schemaVersion: 2, nameFlags: 1 });
  assert.deepEqual(ids({ ...bad, enrollmentFlags: 2 }), []);
  assert.deepEqual(ids({ ...bad, raSignatures: 1 }), []);
  assert.deepEqual(ids(bad, { privilegedSids: [`${DOMAIN}-513`] }), []);
  const denied = { type: 'deny' as const, sid: `${DOMAIN}-513`, rights: ['enroll' as const] };
  assert.deepEqual(ids({ ...bad, permissions: [...bad.permissions, denied] }), []);
  for (const finding of escFindings(bad)) assert.match(finding.text, /User.*S-1-5-21-1-2-3-513/);
});
