import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HresultError, isHresult } from '#hresult/hresult-error';
import { mayUseKey } from '../roles/key-access.ts';
import { parseSddl } from './parse-sddl.ts';
import { formatSddl } from './sddl.ts';

const ALICE = 'S-1-5-21-1-2-3-1104';

test('the text of a descriptor is read as it is written', () => {
  for (const text of [
    'D:P(A;;GAGR;;;BA)(A;;GAGR;;;SY)',
    `O:BAG:SYD:(D;;GR;;;${ALICE})(A;OICI;0xd01f01ff;;;WD)`,
    'D:',
  ]) {
    assert.equal(formatSddl(parseSddl(text)).replaceAll('GRGA', 'GAGR'), text);
  }
  assert.equal(formatSddl(parseSddl('d:(a;;fr;;;da)', 'S-1-5-21-1-2-3')), 'D:(A;;0x120089;;;S-1-5-21-1-2-3-512)');
});

test('what is no descriptor, or says what has no use here, is refused', () => {
  for (const text of [
    '',
    'D',
    'D:(A;;GR;;;)',
    'D:(X;;GR;;;BA)',
    'D:(A;;QQ;;;BA)',
    'D:(A;;GR;;;DA)',
    'D:(A;;GR;;;BA',
    'S:(AU;;GR;;;BA)',
  ])
    assert.throws(
      () => parseSddl(text),
      (error) => isHresult(error, 'ERROR_INVALID_PARAMETER'),
      text,
    );
});

test('any text ends in a descriptor or a code', () => {
  const part = fc.constantFrom('D:', 'O:', 'G:', 'P', '(', ')', ';', 'A', 'GR', 'BA', 'S-1-', '5', '0x', '-', ' ');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
      try {
        parseSddl(parts.join(''));
      } catch (error) {
        assert.ok(error instanceof HresultError);
      }
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('a key is used by whom its entries let read it, in their order', () => {
  const mayUse = (text: string) => mayUseKey(parseSddl(text), new Set([ALICE, 'S-1-1-0']));
  assert.equal(mayUse(`D:(A;;GR;;;${ALICE})`), true);
  assert.equal(mayUse(`D:(A;;FR;;;WD)`), true);
  assert.equal(mayUse(`D:(D;;GR;;;WD)(A;;GA;;;${ALICE})`), false);
  assert.equal(mayUse(`D:(A;;GA;;;${ALICE})(D;;GR;;;WD)`), true);
  assert.equal(mayUse(`D:(A;;WO;;;${ALICE})`), false);
  assert.equal(mayUse('D:(A;;GA;;;BA)'), false);
  assert.equal(mayUse('D:'), false);
});
