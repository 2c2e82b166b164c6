import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CERTSVC, exportedRegistry } from '#test/support/exported-registry';
import { exportedConfiguration } from './exported-configuration.ts';
import { parseRegistryFile } from './registry-file.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const HEADER = 'Windows Registry Editor Version 5.00';
const only = (lines: string, header = HEADER) =>
  parseRegistryFile(bytes(`${header}\r\n\r\n[HKEY_X]\r\n${lines}\r\n`))[0]!;

describe('parseRegistryFile', () => {
  test('every type, with escapes, breaks, comments and what is deleted', () => {
    const { values } = only(
      String.raw`; of a test
@="default"
"Name \"x\""="C:\\Windows\\CertLog"
"Count"=dword:0000000a
"Old"=dword:FFFFFFFF
"Bytes"=hex:01,00,04,\
  80
"None"=hex(0):
"Folder"=hex(2):25,00,61,00,25,00,00,00
"List"=hex(7):61,00,00,00,62,00,63,00,00,00,00,00
"Empty"=hex(7):00,00
"Gone"=-`,
    );
    assert.deepEqual(Object.fromEntries(values.map(({ name, value }) => [name, value])), {
      '': { type: 'REG_SZ', data: 'default' },
      'Name "x"': { type: 'REG_SZ', data: 'C:\\Windows\\CertLog' },
      Count: { type: 'REG_DWORD', data: 10 },
      Old: { type: 'REG_DWORD', data: 0xffffffff },
      Bytes: { type: 'REG_BINARY', data: Uint8Array.of(1, 0, 4, 0x80) },
      None: { type: 'REG_BINARY', data: new Uint8Array() },
      Folder: { type: 'REG_SZ', data: '%a%' },
      List: { type: 'REG_MULTI_SZ', data: ['a', 'bc'] },
      Empty: { type: 'REG_MULTI_SZ', data: [] },
      Gone: undefined,
    });
    assert.deepEqual(
      values.map(({ line }) => line),
      [5, 6, 7, 8, 9, 11, 12, 13, 14, 15],
    );
    assert.deepEqual(
      only('"a"=hex(b):01,00,00,00,00,00,00,00\r\n"b"=hex(0):').values.map(({ foreignType }) => foreignType),
      ['REG_QWORD', 'REG_NONE'],
    );
  });

  test('REGEDIT4, and a key that is deleted with its values', () => {
    const { values } = only('"List"=hex(7):61,00,62,00,00', 'REGEDIT4');
    assert.deepEqual(values[0]!.value, { type: 'REG_MULTI_SZ', data: ['a', 'b'] });
    assert.deepEqual(parseRegistryFile(bytes(`${HEADER}\n[-HKEY_X]\n"a"="b"\n`)), [
      { path: 'HKEY_X', line: 2, isDeleted: true, values: [] },
    ]);
    // Code page 1252, as an old machine in Germany wrote it.
    const old = Uint8Array.from('REGEDIT4\r\n[HKEY_X]\r\n"a"="M\u{fc}nchen"\r\n', (letter) => letter.charCodeAt(0));
    assert.deepEqual(parseRegistryFile(old)[0]!.values[0]!.value, { type: 'REG_SZ', data: 'München' });
  });

  test('what it is not, by its line', () => {
    const fails = (text: string, line: number) =>
      assert.throws(() => parseRegistryFile(bytes(text)), {
        symbol: 'ERROR_INVALID_DATA',
        detail: new RegExp(`^Line ${line}: `),
      });
    fails('[Version]', 1);
    fails(`${HEADER}\n\n"a"="b"`, 3);
    fails(`${HEADER}\n[HKEY_X]\nhello`, 3);
    fails(`${HEADER}\n[HKEY_X]\n"a"=hex:0g`, 3);
    fails(`${HEADER}\n[HKEY_X]\n"a"=hex:01,\\\n  02\n"b"=dword:xyz`, 5);
    fails(`${HEADER}\n[HKEY_X]\n"a"=hex(4):01`, 3);
  });

  test('any bytes', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return seed / 0x7fffffff;
    };
    const sample = exportedRegistry({
      'Contoso CA': { CACertHash: ['aa', 'bb'], Security: Uint8Array.of(1, 2, 3), n: 1 },
    });
    for (let round = 0; round < 500; round++) {
      const changed = sample.slice(0, Math.floor(random() * sample.length));
      for (let i = 0; i < 5; i++) changed[Math.floor(random() * changed.length)] = Math.floor(random() * 256);
      try {
        parseRegistryFile(changed);
      } catch (error) {
        assert.equal((error as { symbol?: string }).symbol, 'ERROR_INVALID_DATA', String(error));
      }
    }
  });
});

describe('exportedConfiguration', () => {
  test('the active CA, its subkeys and the values of the machine', () => {
    const file = exportedRegistry({
      '': { Active: 'Contoso CA', DBDirectory: 'C:\\CertLog' },
      'Old CA': { CommonName: 'Old CA' },
      'Contoso CA': { CommonName: 'Contoso CA', CACertHash: ['aa bb', '-'] },
      'Contoso CA\\CSP': { ProviderType: 1 },
    });
    const { sanitizedName, configuration, machine } = exportedConfiguration(file);
    assert.equal(sanitizedName, 'Contoso CA');
    assert.deepEqual(configuration.strings('CACertHash'), ['aa bb', '-']);
    assert.equal(configuration.dword('ProviderType', 'CSP'), 1);
    assert.equal(machine.string('DBDirectory'), 'C:\\CertLog');
  });

  test('a file of CSP alone; none of a CA; two and none active', () => {
    assert.equal(exportedConfiguration(exportedRegistry({ 'A\\CSP': { Provider: 'x' } })).sanitizedName, 'A');
    const other = bytes(`${HEADER}\r\n[${CERTSVC.replace('CertSvc', 'Other')}\\A]\r\n`);
    assert.throws(() => exportedConfiguration(other), { symbol: 'CRYPT_E_NOT_FOUND' });
    assert.throws(() => exportedConfiguration(exportedRegistry({ A: {}, B: {} })), { symbol: 'TYPE_E_AMBIGUOUSNAME' });
  });
});
