import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RegistryValue } from '#ca/ports';
import { editedValue } from './edit.ts';

const now = new Date('2018-12-19T20:00:00Z');
const dword = (data: number): RegistryValue => ({ type: 'REG_DWORD', data });
const multi = (...data: string[]): RegistryValue => ({ type: 'REG_MULTI_SZ', data });
const edit = (name: string, before: RegistryValue | undefined, text: string) =>
  editedValue(text, { name, before, type: undefined, now });

test('bits are set and cleared by name and by number, the highest one too', () => {
  assert.deepEqual(edit('CRLFlags', dword(2), '+CRLF_REVCHECK_IGNORE_OFFLINE'), dword(10));
  assert.deepEqual(edit('CRLFlags', dword(10), '-crlf_delete_expired_crls'), dword(8));
  assert.deepEqual(edit('EditFlags', dword(0x11014e), '+EDITF_ATTRIBUTESUBJECTALTNAME2'), dword(0x15014e));
  assert.deepEqual(edit('CRLFlags', dword(1), '+0x80000000'), dword(0x80000001));
  assert.deepEqual(edit('CRLFlags', dword(0x80000001), '-0x80000000'), dword(1));
  assert.deepEqual(edit('CRLFlags', dword(2), '+CRLF_CRLNUMBER_CRITICAL CRLF_SAVE_FAILED_CERTS'), dword(0x46));
  assert.deepEqual(edit('KRAFlags', dword(5), 'KRAF_SAVEBADREQUESTKEY'), dword(2));
  assert.deepEqual(edit('AuditFilter', dword(0), '127'), dword(127));
});

test('what is neither number nor flag is refused, and so is a number over 32 bits', () => {
  for (const text of ['CRLF_NONSENSE', '+', '', '4294967296', '0x100000000', 'ten']) {
    assert.throws(() => edit('CRLFlags', dword(2), text), { symbol: 'ERROR_INVALID_PARAMETER' }, text);
  }
});

test('members of a list are added once and taken away without regard to case', () => {
  assert.deepEqual(edit('X', multi('a'), 'b\\nc'), multi('b', 'c'));
  assert.deepEqual(edit('X', multi('a'), '+b'), multi('a', 'b'));
  assert.deepEqual(edit('X', multi('a', 'b'), '+A'), multi('b', 'A'));
  assert.deepEqual(edit('X', multi('a', 'b'), '-B'), multi('a'));
});

test('a value that is new becomes what its text looks like, unless its type is known', () => {
  assert.deepEqual(edit('X', undefined, '0x10'), dword(16));
  assert.deepEqual(edit('X', undefined, 'a\\nb'), multi('a', 'b'));
  assert.deepEqual(edit('X', undefined, 'Weeks'), { type: 'REG_SZ', data: 'Weeks' });
  const typed = { name: 'X', before: undefined, type: 'REG_MULTI_SZ', now } as const;
  assert.deepEqual(editedValue('5', typed), multi('5'));
});

test('binary values are hexadecimal or the moment as a FILETIME', () => {
  const before: RegistryValue = { type: 'REG_BINARY', data: new Uint8Array() };
  assert.deepEqual(edit('X', before, '01 02ff'), { type: 'REG_BINARY', data: Uint8Array.of(1, 2, 255) });
  // 131897232000000000, as python computes it.
  assert.deepEqual(edit('CRLNextPublish', before, '@now'), {
    type: 'REG_BINARY',
    data: Uint8Array.of(0x00, 0xa0, 0x37, 0x6c, 0xd5, 0x97, 0xd4, 0x01),
  });
  assert.throws(() => edit('X', before, 'zz'), { symbol: 'ERROR_INVALID_PARAMETER' });
});
