import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HresultError } from '#hresult/hresult-error';
import { parseHex } from '../asn1/bytes.ts';
import { encodeName, isSameName } from './name.ts';
import { formatName, parseName } from './name-text.ts';

const FORMATTED: readonly (readonly [typed: string, printed: string])[] = [
  ['CN=user1,CN=Users,DC=nwtraders,DC=com', 'CN=user1, CN=Users, DC=nwtraders, DC=com'],
  ['cn=a;o=b', 'CN=a, O=b'],
  ['  CN = a b  ,  O = c ', 'CN=a b, O=c'],
  ['CN=a+O=b,C=US', 'CN=a + O=b, C=US'],
  ['CN="Doe, John"', 'CN="Doe, John"'],
  ['CN="say ""hi"""', 'CN="say ""hi"""'],
  ['CN=Doe\\, John', 'CN="Doe, John"'],
  ['CN=DOMAIN\\user', 'CN=DOMAIN\\user'],
  ['CN=""', 'CN=""'],
  ['CN=', 'CN=""'],
  ['CN=" a "', 'CN=" a "'],
  ['Email=a@b.c', 'E=a@b.c'],
  ['ST=WA', 'S=WA'],
  ['2.5.4.3=x', 'CN=x'],
  ['OID.1.2.3.4=x', 'OID.1.2.3.4=x'],
  ['CN=#04020102', 'CN=#04020102'],
  ['', ''],
];

for (const [typed, printed] of FORMATTED) {
  test(`«${typed}» is printed «${printed}»`, () => {
    assert.equal(formatName(parseName(typed)), printed);
  });
}

test('what is typed first is the most specific and stands last', () => {
  const name = parseName('CN=a, DC=contoso, DC=com');
  assert.deepEqual(
    name.rdnSequence.map(([attribute]) => attribute!.value),
    ['com', 'contoso', 'a'],
  );
});

const FAULTS: readonly (readonly [typed: string, position: number])[] = [
  ['a', 1],
  ['CN=a,', 5],
  ['CN=a,,O=b', 5],
  ['XX=a', 0],
  ['CN=a, XX=b', 6],
  ['CN="a', 3],
  ['CN="a"b', 6],
  ['CN=a=b', 4],
  ['CN=a<b', 4],
  ['CN=#zz', 3],
  ['CN=#0402', 3],
  ['=a', 0],
];

for (const [typed, position] of FAULTS) {
  test(`«${typed}» is refused at position ${position}`, () => {
    assert.throws(
      () => parseName(typed),
      (error) =>
        error instanceof HresultError &&
        error.symbol === 'CRYPT_E_INVALID_X500_STRING' &&
        error.detail!.includes(`at position ${position} `),
    );
  });
}

test('a value that is no text is printed as its DER', () => {
  const name = encodeName([[{ type: '2.5.4.3', rawValue: parseHex('0500') }]]);
  assert.equal(formatName(name), 'CN=#0500');
});

test('any name is parsed again from what is printed', () => {
  const value = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.toWellFormed());
  const special = fc.string({
    unit: fc.constantFrom('a', ' ', ',', '"', '\\', '+', ';', '=', '#', '\n', '<'),
    maxLength: 8,
  });
  const attribute = fc.record({
    type: fc.constantFrom('2.5.4.3', '2.5.4.10', '1.2.3'),
    value: fc.oneof(value, special),
  });
  fc.assert(
    fc.property(fc.array(fc.array(attribute, { minLength: 1, maxLength: 2 }), { maxLength: 4 }), (rdns) => {
      const name = encodeName(rdns);
      const again = parseName(formatName(name));
      assert.ok(isSameName(again, name));
      assert.deepEqual(again.raw, name.raw);
    }),
    { seed: 4514, numRuns: 500 },
  );
});

test('any text is parsed or refused with its code', () => {
  const word = fc.constantFrom('CN=', 'O=', ',', ';', '+', '"', '\\', '#', '=', ' ', 'a', '04', 'DC=ü', 'OID.', '1.2');
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      try {
        parseName(words.join(''));
      } catch (error) {
        assert.ok(error instanceof HresultError, String(error));
      }
    }),
    { seed: 4515, numRuns: 1000 },
  );
});
