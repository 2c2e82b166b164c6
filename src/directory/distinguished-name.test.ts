import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHresult } from '#hresult/hresult-error';
import {
  distinguishedNameKey,
  domainDistinguishedName,
  formatDistinguishedName,
  parseDistinguishedName,
} from './distinguished-name.ts';

const values = (text: string) => parseDistinguishedName(text).map(({ type, value }) => `${type}:${value}`);
const key = (text: string) => distinguishedNameKey(parseDistinguishedName(text));

test('the examples of RFC 4514 §4', () => {
  assert.deepEqual(values('UID=jsmith,DC=example,DC=net'), ['UID:jsmith', 'DC:example', 'DC:net']);
  assert.deepEqual(values('CN=James \\"Jim\\" Smith\\, III,DC=example,DC=net')[0], 'CN:James "Jim" Smith, III');
  assert.deepEqual(values('CN=Before\\0dAfter,DC=example,DC=net')[0], 'CN:Before\rAfter');
  assert.deepEqual(values('CN=Lu\\C4\\8Di\\C4\\87'), ['CN:Lučić']);
  assert.equal(formatDistinguishedName([{ type: 'CN', value: ' #"a, b\\' }]), 'CN=\\ #\\"a\\, b\\\\');
});

test('one name has one key', () => {
  assert.equal(key('cn=User One , dc=Contoso,DC=com'), key('CN=user one,DC=contoso,DC=COM'));
  assert.equal(key('CN=a\\2Cb'), key('CN=A\\,b'));
  assert.notEqual(key('CN=a\\,b,DC=x'), key('CN=a,CN=b,DC=x'));
});

test('what is no name', () => {
  for (const text of [
    '',
    'a',
    'CN=',
    '=x',
    'CN=x,',
    ',CN=x',
    'CN=x,,DC=y',
    'CN=a\\',
    'CN=\\zz',
    'CN=\\C4',
    '1CN=x',
    'x'.repeat(70_000),
  ])
    assert.throws(
      () => parseDistinguishedName(text),
      (error) => isHresult(error, 'ERROR_INVALID_PARAMETER'),
      text.slice(0, 20),
    );
  for (const text of ['', 'contoso..com', 'a b', '-x.com', `${'a'.repeat(64)}.com`])
    assert.throws(
      () => domainDistinguishedName(text),
      (error) => isHresult(error, 'ERROR_INVALID_PARAMETER'),
      text,
    );
  assert.equal(domainDistinguishedName('contoso.com'), 'DC=contoso,DC=com');
});

test('any values come back, any text is a name or refused', () => {
  const value = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
  const part = fc.record({ type: fc.constantFrom('CN', 'OU', 'DC'), value }, { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
      assert.deepEqual(parseDistinguishedName(formatDistinguishedName(parts)), parts);
    }),
    { seed: 7, numRuns: 500 },
  );
  const text = fc.string({
    maxLength: 30,
    unit: fc.constantFrom('C', 'N', '=', ',', '\\', ' ', '#', 'a', 'F', '0', '"', 'ß'),
  });
  fc.assert(
    fc.property(text, (candidate) => {
      try {
        const parts = parseDistinguishedName(candidate);
        assert.deepEqual(parseDistinguishedName(formatDistinguishedName(parts)), parts);
      } catch (error) {
        assert.ok(isHresult(error, 'ERROR_INVALID_PARAMETER'), String(error));
      }
    }),
    { seed: 8, numRuns: 2000 },
  );
});
