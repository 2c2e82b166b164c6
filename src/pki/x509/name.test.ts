import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHresult } from '#hresult/hresult-error';
import { formatHex, parseHex } from '../asn1/bytes.ts';
import { bmpString, encodeDer, octetString, utf8String } from '../asn1/der-writer.ts';
import { commonName, decodeName, encodeName, isEmptyName, isSameName, isWithinName, nameKey } from './name.ts';

const CN = '2.5.4.3';
const O = '2.5.4.10';
const DC = '0.9.2342.19200300.100.1.25';
const E = '1.2.840.113549.1.9.1';

test('text becomes PrintableString where it can, else UTF8String', () => {
  assert.equal(formatHex(encodeName([[{ type: CN, value: 'Ab' }]]).raw), '300d310b3009060355040313024162');
  assert.equal(formatHex(encodeName([[{ type: CN, value: 'ä' }]]).raw), '300d310b300906035504030c02c3a4');
  // '*' and '@' are no characters of PrintableString.
  assert.equal(formatHex(encodeName([[{ type: CN, value: '*@' }]]).raw), '300d310b300906035504030c022a40');
});

test('forceUTF8 spares the types that are no DirectoryString', () => {
  const name = encodeName(
    [[{ type: '2.5.4.6', value: 'US' }], [{ type: CN, value: 'a' }], [{ type: DC, value: 'x' }]],
    {
      forceUTF8: true,
    },
  );
  assert.deepEqual(
    name.rdnSequence.map(([attribute]) => attribute!.rawValue[0]),
    [0x13, 0x0c, 0x16],
  );
});

test('e-mail addresses and domain components are IA5String', () => {
  const name = encodeName([[{ type: DC, value: 'com' }], [{ type: E, value: 'a@b.com' }]]);
  assert.deepEqual(
    name.rdnSequence.map(([attribute]) => attribute!.rawValue[0]),
    [0x16, 0x16],
  );
  assert.throws(
    () => encodeName([[{ type: DC, value: 'müller' }]]),
    (error) => isHresult(error, 'CRYPT_E_INVALID_IA5_STRING'),
  );
  assert.throws(
    () => encodeName([[{ type: '2.5.4.6', value: 'Ö' }]]),
    (error) => isHresult(error, 'CRYPT_E_INVALID_PRINTABLE_STRING'),
  );
});

test('the string type, case and blanks do not count in a comparison', () => {
  const printable = encodeName([[{ type: CN, value: 'Test  Root ' }], [{ type: O, value: 'ACME' }]]);
  const utf8 = encodeName([[{ type: CN, value: 'test root' }], [{ type: O, value: 'acme' }]], { forceUTF8: true });
  const bmp = encodeName([[{ type: CN, rawValue: encodeDer(bmpString('TEST ROOT')) }], [{ type: O, value: 'Acme' }]]);
  assert.ok(isSameName(printable, utf8));
  assert.ok(isSameName(utf8, bmp));
  assert.ok(!isSameName(printable, encodeName([[{ type: CN, value: 'TestRoot' }], [{ type: O, value: 'ACME' }]])));
});

test('the order of RDNs counts, the order within one does not', () => {
  const a = { type: CN, value: 'a' };
  const o = { type: O, value: 'o' };
  assert.ok(!isSameName(encodeName([[a], [o]]), encodeName([[o], [a]])));
  assert.ok(!isSameName(encodeName([[a], [o]]), encodeName([[a, o]])));
  // The attributes of one RDN as DER does not order them.
  const unsorted = decodeName(parseHex('301631143008060355040a0c016f300806035504030c0161'));
  assert.ok(isSameName(unsorted, encodeName([[a, o]])));
});

test('values that are no text are compared as bytes', () => {
  const octets = (value: number) =>
    encodeName([[{ type: CN, rawValue: encodeDer(octetString(Uint8Array.of(value))) }]]);
  assert.ok(isSameName(octets(1), octets(1)));
  assert.ok(!isSameName(octets(1), octets(2)));
  assert.equal(octets(1).rdnSequence[0]![0]!.value, undefined);
});

test('text cannot be made to look like the key of other names', () => {
  const two = encodeName([[{ type: CN, value: 'a' }], [{ type: O, value: 'b' }]]);
  const one = encodeName([[{ type: CN, value: 'a",["2.5.4.10=b' }]]);
  assert.notEqual(nameKey(two), nameKey(one));
});

test('a subtree is a name that begins with the same RDNs', () => {
  const base = encodeName([[{ type: DC, value: 'com' }], [{ type: DC, value: 'contoso' }]]);
  const user = encodeName([[{ type: DC, value: 'COM' }], [{ type: DC, value: 'Contoso' }], [{ type: CN, value: 'u' }]]);
  assert.ok(isWithinName(user, base));
  assert.ok(isWithinName(base, base));
  assert.ok(!isWithinName(base, user));
});

test('the common name is the most specific one', () => {
  const name = encodeName([
    [{ type: CN, value: 'Users' }],
    [{ type: CN, value: 'user1' }],
    [{ type: E, value: 'u@x' }],
  ]);
  assert.equal(commonName(name), 'user1');
  assert.equal(commonName(encodeName([])), undefined);
  assert.ok(isEmptyName(encodeName([])));
});

test('any name is read again as it was written, and is the same as itself', () => {
  const attribute = fc.record({
    type: fc.constantFrom(CN, O, '2.5.4.11', '1.2.3.4'),
    value: fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.toWellFormed()),
  });
  fc.assert(
    fc.property(fc.array(fc.array(attribute, { minLength: 1, maxLength: 3 }), { maxLength: 5 }), (rdns) => {
      const name = encodeName(rdns);
      assert.deepEqual(decodeName(name.raw), name);
      assert.ok(isSameName(name, encodeName(rdns, { forceUTF8: true })));
      const again = encodeName(name.rdnSequence as Parameters<typeof encodeName>[0]);
      assert.deepEqual(again.raw, name.raw);
      const values = name.rdnSequence.map((rdn) => rdn.map((each) => each.value).sort());
      assert.deepEqual(
        values,
        rdns.map((rdn) => rdn.map((each) => each.value).sort()),
      );
    }),
    { seed: 5280, numRuns: 200 },
  );
});

test('a value is kept with its own tag', () => {
  const raw = encodeDer(utf8String('x'));
  assert.deepEqual(encodeName([[{ type: '2.5.4.6', rawValue: raw }]]).rdnSequence[0]![0]!.rawValue, raw);
});
