import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HresultError } from '#hresult/hresult-error';
import { parseLdapUrl } from './ldap-url.ts';

test('an LDAP URL in its parts', () => {
  assert.deepEqual(
    parseLdapUrl('LDAP://dc01/CN=A%20B,DC=c?cACertificate;binary,userCertificate?one?(objectClass=x%2Fy)?ext'),
    {
      distinguishedName: 'CN=A B,DC=c',
      attributes: ['cACertificate', 'userCertificate'],
      scope: 'one',
      filter: '(objectClass=x/y)',
    },
  );
  const whole = { distinguishedName: 'DC=c', attributes: [], scope: 'base', filter: '' };
  assert.deepEqual(parseLdapUrl('ldap:///DC=c'), whole);
  assert.deepEqual(parseLdapUrl('ldap:///DC=c?*'), whole);
  for (const wrong of ['ldap:', 'ldap:///DC=c??two', 'http://a/b', 'ldap:///%zz'])
    assert.throws(() => parseLdapUrl(wrong), { symbol: 'ERROR_INVALID_NAME' });
});

test('of anything, or a coded error', () => {
  const part = fc.constantFrom('ldap:', '//', '/', '?', '%', '%41', 'CN=a', 'one', ',', ';', '*', '(a=b)');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      try {
        parseLdapUrl(parts.join(''));
      } catch (error) {
        assert.ok(error instanceof HresultError, String(error));
      }
    }),
    { seed: 7, numRuns: 2000 },
  );
});
