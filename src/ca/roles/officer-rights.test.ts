import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HresultError } from '#hresult/hresult-error';
import { formatHex, parseHex } from '#pki/asn1/bytes';
import { mutate, randomNumbers } from '#test/support/mutation';
import { decodeOfficerRights, encodeOfficerRights, type OfficerRight } from './officer-rights.ts';

const OFFICER = 'S-1-5-21-1-2-3-1104';
const RIGHTS: readonly OfficerRight[] = [
  { type: 'deny', officer: OFFICER, subjects: ['S-1-5-21-1-2-3-512'], template: 'EFS' },
  { type: 'allow', officer: OFFICER, subjects: ['S-1-1-0'], template: undefined },
];

/** Put together by hand from MS-CSRA 2.2.1.11 and MS-DTYP 2.4.4.6, 2.4.5, 2.4.6. */
const OFFICER_SID = '010500000000000515000000 010000000200000003000000 50040000';
const BYTES = [
  // Revision, control: self-relative with a DACL; owner at 0x9c, DACL at 0x14.
  '0100 0480 9c000000 00000000 00000000 14000000',
  '0200 8800 0200 0000',
  // Denied: 0x4c octets, mask, officer, one SID, "EFS" and its end.
  '0a00 4c00 00000100',
  OFFICER_SID,
  '01000000 010500000000000515000000 010000000200000003000000 00020000',
  '4500 4600 5300 0000',
  // Allowed: Everyone, and no template.
  '0900 3400 00000100',
  OFFICER_SID,
  '01000000 010100000000000100000000',
  '01020000000000052000000020020000',
]
  .join('')
  .replaceAll(' ', '');

test('the octets are those of MS-CSRA 2.2.1.11', () => {
  assert.equal(formatHex(encodeOfficerRights(RIGHTS)), BYTES);
  assert.deepEqual(decodeOfficerRights(parseHex(BYTES)), RIGHTS);
  // Denials come first, however they were given.
  assert.deepEqual(decodeOfficerRights(encodeOfficerRights(RIGHTS.toReversed())), RIGHTS);
});

test('an entry is as long as what is in it, or filled up; its template is a name or an OID', () => {
  const oid = '1.3.6.1.4.1.311.21.8.1.2';
  const right: OfficerRight = { type: 'allow', officer: OFFICER, subjects: ['S-1-1-0'], template: oid };
  const padded = encodeOfficerRights([right]);
  assert.deepEqual(decodeOfficerRights(padded), [right]);
  // Without the filling: two octets less in the entry, its size, the list's size, and what lies behind.
  const end = 0x1c + 8 + 28 + 4 + 12 + 2 * (oid.length + 1);
  const ragged = new Uint8Array([...padded.subarray(0, end), ...padded.subarray(end + 2)]);
  for (const at of [0x04, 0x16, 0x1e]) ragged[at]! -= 2;
  assert.equal((end - 0x1c) % 4, 2);
  assert.deepEqual(decodeOfficerRights(ragged), [right]);
});

test('what is no restriction is refused, so that nothing widens one unseen', () => {
  const bytes = parseHex(BYTES);
  const changed = (at: number, value: number) => Uint8Array.from(bytes, (byte, index) => (index === at ? value : byte));
  const broken: readonly (readonly [string, Uint8Array])[] = [
    ['a plain grant', changed(0x1c, 0x00)],
    ['another mask', changed(0x20, 0x01)],
    ['more SIDs than there are', changed(0x40, 0xff)],
    ['no list', changed(0x10, 0x00)],
    ['cut off', bytes.subarray(0, 0x60)],
  ];
  for (const [what, value] of broken)
    assert.throws(() => decodeOfficerRights(value), { symbol: 'ERROR_INVALID_DATA' }, what);
});

test('whatever is encoded is decoded alike, and mutated bytes raise an HresultError or mean something', () => {
  const sid = fc.integer({ min: 0, max: 0xffff }).map((rid) => `S-1-5-21-7-8-9-${rid}`);
  const right = fc.record<OfficerRight>({
    type: fc.constant('allow'),
    officer: sid,
    subjects: fc.array(sid, { maxLength: 4 }),
    template: fc.option(fc.stringMatching(/^[A-Za-z0-9 äß€.]{1,40}$/), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(right, { maxLength: 5 }), (rights) => {
      assert.deepEqual(
        decodeOfficerRights(encodeOfficerRights(rights)),
        rights.map((each) => ({ ...each })),
      );
    }),
    { seed: 1 },
  );
  const random = randomNumbers(1);
  for (let i = 0; i < 2000; i++) {
    try {
      decodeOfficerRights(mutate(parseHex(BYTES), random));
    } catch (error) {
      assert.ok(error instanceof HresultError, String(error));
    }
  }
});
