import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHresult } from '#hresult/hresult-error';
import {
  formatRegistrationInfo,
  formatRequestAttributes,
  parseRegistrationInfo,
  parseRequestAttributes,
  requireRequestAttributes,
  valueOfName,
} from './name-value-pairs.ts';

test('registration information is read as Windows writes it', () => {
  assert.deepEqual(parseRegistrationInfo('CertificateTemplate=User&'), [['CertificateTemplate', 'User']]);
  assert.deepEqual(parseRegistrationInfo('a=b=c&d&=e&&'), [
    ['a', 'b=c'],
    ['d', ''],
    ['', 'e'],
  ]);
  assert.deepEqual(parseRegistrationInfo('a=%C3%A9&b=100%&c=%zz'), [
    ['a', 'é'],
    ['b', '100%'],
    ['c', '%zz'],
  ]);
  assert.deepEqual(parseRegistrationInfo(''), []);
});

test('registration information is written with the trailing ampersand', () => {
  assert.equal(formatRegistrationInfo([['CertificateTemplate', 'User']]), 'CertificateTemplate=User&');
});

test('any pairs of registration information come back', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 });
  const named = fc.tuple(fc.string({ minLength: 1, maxLength: 12 }), text);
  fc.assert(
    fc.property(fc.array(named), (pairs) => {
      assert.deepEqual(parseRegistrationInfo(formatRegistrationInfo(pairs)), pairs);
    }),
    { seed: 5272, numRuns: 300 },
  );
});

test('request attributes are lines, of LF or CRLF', () => {
  assert.deepEqual(parseRequestAttributes('CertificateTemplate:User\r\nSAN: dns=a&dns=b:1\n\n x \n'), [
    ['CertificateTemplate', 'User'],
    ['SAN', 'dns=a&dns=b:1'],
    ['x', ''],
  ]);
  assert.equal(
    formatRequestAttributes([
      ['a', 'b:c'],
      ['d', ''],
    ]),
    'a:b:c\nd:\n',
  );
});

test('a request attribute cannot break out of its line', () => {
  for (const pair of [
    ['a', 'b\nc:d'],
    ['a', 'b\rc'],
    ['a\nb', 'c'],
    ['a:b', 'c'],
  ] as const) {
    assert.throws(
      () => formatRequestAttributes([pair]),
      (error) => isHresult(error, 'ERROR_INVALID_PARAMETER'),
    );
  }
});

test('names are found whatever their case', () => {
  assert.equal(
    valueOfName(
      [
        ['A', '1'],
        ['a', '2'],
      ],
      'a',
    ),
    '1',
  );
  assert.equal(valueOfName([], 'a'), undefined);
});

test('what a person types has a name and a colon on each line', () => {
  const text = 'CertificateTemplate: User\r\n\nSAN:dns=a:b\nempty:';
  assert.deepEqual(requireRequestAttributes(text), parseRequestAttributes(text));
  assert.deepEqual(requireRequestAttributes(''), []);
  for (const wrong of ['nonsense', 'a:b\nnonsense', ':value', ' : ', `${'n'.repeat(128)}:v`, `n:${'v'.repeat(4097)}`])
    assert.throws(
      () => requireRequestAttributes(wrong),
      (error) => isHresult(error, 'ERROR_INVALID_PARAMETER'),
    );
});
