import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InfError } from '#enroll/inf/inf-error';
import { HresultError } from '#hresult/hresult-error';
import { readPropertyInf } from './property-inf.ts';

const read = (lines: string) => readPropertyInf(new TextEncoder().encode(`[Properties]\n${lines}`), 'a.inf').changes;

function failsAt(line: number, lines: string): void {
  assert.throws(
    () => read(lines),
    (error) => {
      assert.ok(error instanceof InfError, String(error));
      assert.equal(error.line, line, `${lines}: ${error.message}`);
      return true;
    },
  );
}

test('key provider information is written as Microsoft writes it, or shorter', () => {
  const info = { container: 'CA', provider: 'KSP', providerType: 0, flags: 0x20, keySpec: 0 };
  for (const text of [
    '2 = "{text}"\n_continue_="Container = CA&"\n_continue_="Provider = KSP&"\n_continue_="ProviderType = 0&"\n_continue_="Flags = 0x20&"\n_continue_="KeySpec = 0"',
    '2 = "{text}Container=CA&Provider=KSP&Flags=32"',
    '0x2 = "{TEXT}container=CA&provider=KSP&flags=0x20&"',
  ])
    assert.deepEqual(read(text)[0]!.value, info);
});

test('the other properties are text, bytes, purposes, empty or gone', () => {
  assert.deepEqual(read('11 = "{text}A b"')[0]!.value, new Uint8Array(Buffer.from('A b\0', 'utf16le')));
  assert.deepEqual(read('127 = "{hex}"\n_continue_ = "0a 0B"')[0]!.value, new Uint8Array([0x0a, 0x0b]));
  assert.deepEqual(read('9 = "{text}1.2.3,"')[0]!.value, new Uint8Array([0x30, 4, 6, 2, 0x2a, 3]));
  assert.deepEqual(read('19 = Empty')[0]!.value, new Uint8Array(0));
  assert.deepEqual(
    read('19 =').map(({ value }) => value),
    [undefined],
  );
});

test('mistakes are told with their line', () => {
  failsAt(2, 'x = Empty');
  failsAt(2, '0 = Empty');
  failsAt(2, '70000 = Empty');
  failsAt(2, '5 = Empty');
  failsAt(3, '19 = Empty\n19 =');
  failsAt(2, '11 = name');
  failsAt(4, '19 =\n127 = "{hex}"\n_continue_ = "0g"');
  failsAt(2, '127 = "{hex}012"');
  failsAt(3, '9 = "{text}"\n_continue_ = "1.2.3,one"');
  failsAt(2, '2 = "{text}Container=CA&"');
  failsAt(3, '2 = "{text}Container=CA&"\n_continue_="Provder=KSP&"');
  failsAt(4, '2 = "{text}Container=CA&"\n_continue_="Provider=KSP&"\n_continue_="KeySpec=3"');
  failsAt(4, '2 = "{text}Container=CA&"\n_continue_="Provider=KSP&"\n_continue_="Flags=twenty"');
  failsAt(3, '2 = "{text}Container=CA&"\n_continue_="Container=CB&"\n_continue_="Provider=KSP&"');
  failsAt(1, '');
});

test('any file ends in changes or a code', () => {
  const part = fc.constantFrom(
    '2',
    '9',
    '11',
    ' = ',
    '"',
    '{text}',
    '{hex}',
    '&',
    '=',
    'Container',
    'KeySpec',
    '\n',
    '_continue_ = ',
    '//',
    ';',
    '0',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
      try {
        read(parts.join(''));
      } catch (error) {
        assert.ok(error instanceof HresultError, String(error));
      }
    }),
    { seed: 1, numRuns: 2000 },
  );
});
