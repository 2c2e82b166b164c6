import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHresult } from '#hresult/hresult-error';
import { hexDump, parseHexDump } from './hex-dump.ts';

test('lines are those of published dumps', () => {
  const bytes = new TextEncoder().encode('TestOrg and more\x00é');
  assert.deepEqual(hexDump(bytes, { address: true, ascii: true }), [
    '0000\t54 65 73 74 4f 72 67 20  61 6e 64 20 6d 6f 72 65   TestOrg and more',
    '0010\t00 c3 a9                                           ...',
  ]);
  assert.deepEqual(hexDump(bytes.subarray(0, 9)), ['54 65 73 74 4f 72 67 20  61']);
  assert.deepEqual(hexDump(new Uint8Array(0)), []);
  assert.match(hexDump(new Uint8Array(0x10010), { address: true }).at(-1)!, /^10000\t/);
});

test('every form is read back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.boolean(), fc.boolean(), (bytes, address, ascii) => {
      const lines = hexDump(bytes, { address, ascii });
      for (const lineEnd of ['\n', '\r\n']) assert.deepEqual(parseHexDump(lines.join(lineEnd)), bytes);
      assert.deepEqual(parseHexDump(Buffer.from(bytes).toString('hex').toUpperCase()), bytes);
    }),
    { seed: 1 },
  );
});

test('what is no dump is refused', () => {
  const texts = [
    'zz',
    '123',
    '43 6x',
    '0000\t43 65\n0003\t72',
    '0000\t43 65\nno address',
    '0000\tzz',
    '0000\t43  65 x',
  ];
  for (const text of texts) {
    assert.throws(
      () => parseHexDump(text),
      (error) => isHresult(error, 'ERROR_INVALID_DATA'),
      JSON.stringify(text),
    );
  }
});
