import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HresultSymbol } from '#hresult/codes';
import { isHresult } from '#hresult/hresult-error';
import { builtInTemplates } from './built-in.ts';
import { matchTemplate, type RequestedTemplate } from './matching.ts';

const templates = builtInTemplates({ oid: '1.3.6.1.4.1.311.21.8.1.2.3.4.5.6', domainSid: 'S-1-5-21-1-2-3' });
const oid = (cn: string) => templates.find((template) => template.cn === cn)!.oid;
const PUBLISHED = ['User', 'keyrecoveryagent'];

const match = (requested: RequestedTemplate) => matchTemplate(requested, templates, PUBLISHED).cn;

test('every way to name a template', () => {
  assert.equal(match({ name: 'User' }), 'User');
  assert.equal(match({ name: 'user' }), 'User');
  assert.equal(match({ attributes: [' USER '] }), 'User');
  assert.equal(match({ attributes: [oid('User')] }), 'User');
  assert.equal(match({ certificateTemplate: { templateID: oid('KeyRecoveryAgent') } }), 'KeyRecoveryAgent');
  assert.equal(match({ name: '', attributes: ['User'] }), 'User');
  assert.equal(
    match({ name: 'User', certificateTemplate: { templateID: oid('User') }, attributes: ['user', oid('User')] }),
    'User',
  );
});

test('what is refused, with its code', () => {
  const major = (templateMajorVersion: number) => ({ templateID: oid('KeyRecoveryAgent'), templateMajorVersion });
  const cases: readonly (readonly [RequestedTemplate, HresultSymbol])[] = [
    [{}, 'CERTSRV_E_NO_CERT_TYPE'],
    [{ name: '', attributes: [' '] }, 'CERTSRV_E_NO_CERT_TYPE'],
    [{ name: 'User', attributes: ['Machine'] }, 'CERTSRV_E_TEMPLATE_CONFLICT'],
    [{ name: 'User', certificateTemplate: { templateID: oid('EFS') } }, 'CERTSRV_E_TEMPLATE_CONFLICT'],
    [{ name: 'User', attributes: ['Nothing'] }, 'CERTSRV_E_TEMPLATE_CONFLICT'],
    [{ name: 'Nothing', attributes: ['User'] }, 'CERTSRV_E_TEMPLATE_CONFLICT'],
    [{ name: 'Nothing', attributes: ['NoThing2'] }, 'CERTSRV_E_TEMPLATE_CONFLICT'],
    [{ name: 'Nothing', attributes: ['nothing'] }, 'CERTSRV_E_UNSUPPORTED_CERT_TYPE'],
    [{ certificateTemplate: { templateID: '1.2.3' } }, 'CERTSRV_E_UNSUPPORTED_CERT_TYPE'],
    [{ name: 'EFS' }, 'CERTSRV_E_UNSUPPORTED_CERT_TYPE'],
    [{ certificateTemplate: major(106) }, 'CERTSRV_E_BAD_TEMPLATE_VERSION'],
  ];
  for (const [requested, symbol] of cases)
    assert.throws(
      () => match(requested),
      (error) => isHresult(error, symbol),
      `${JSON.stringify(requested)} ${symbol}`,
    );
  assert.equal(match({ certificateTemplate: major(105) }), 'KeyRecoveryAgent');
  assert.equal(match({ certificateTemplate: major(100) }), 'KeyRecoveryAgent');
});
