/** Registration files: libhivex' hivexregedit writes ours into a hive of Windows' registry, and we read what it exports of it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CERTSVC, CONFIGURATION } from '#ca/config/certsvc-key';
import { encodeRegistryFile } from '#ca/config/encode-registry-file';
import { parseRegistryFile } from '#ca/config/registry-file';
import type { RegistryValue } from '#ca/ports';

const PAGE = 4096;
const NONE = 0xffffffff;

/** A hive (regf 1.5) with a root key and nothing below it. */
function emptyHive(): Uint8Array {
  const hive = Buffer.alloc(2 * PAGE);
  const words = (at: number, ...values: readonly number[]) => {
    for (const [index, value] of values.entries()) hive.writeUInt32LE(value, at + 4 * index);
  };
  hive.write('regf', 0);
  words(4, 1, 1);
  words(20, 1, 5, 0, 1, 0x20, PAGE, 1);
  let sum = 0;
  for (let at = 0; at < 508; at += 4) sum ^= hive.readUInt32LE(at);
  words(508, sum >>> 0);
  hive.write('hbin', PAGE);
  words(PAGE + 4, 0, PAGE);
  const cell = (at: number, size: number, kind: string) => {
    hive.writeInt32LE(-size, PAGE + at);
    hive.write(kind, PAGE + at + 4);
    return PAGE + at + 4;
  };
  const key = cell(0x20, 88, 'nk');
  hive.writeUInt16LE(0x2c, key + 2);
  words(key + 0x10, NONE, 0, 0, NONE, NONE, 0, NONE, 0x20 + 88, NONE);
  hive.writeUInt16LE(4, key + 0x48);
  hive.write('ROOT', key + 0x4c);
  const security = cell(0x20 + 88, 48, 'sk');
  words(security + 4, 0x20 + 88, 0x20 + 88, 1, 20);
  hive.set([1, 0, 4, 0x80], security + 20);
  const free = 0x20 + 88 + 48;
  hive.writeInt32LE(PAGE - free, PAGE + free);
  return hive;
}

const VALUES: Readonly<Record<string, RegistryValue>> = {
  Provider: { type: 'REG_SZ', data: 'Microsoft Software Key Storage Provider' },
  Folder: { type: 'REG_SZ', data: 'C:\\CertLog "old"\\' },
  Empty: { type: 'REG_SZ', data: '' },
  Lines: { type: 'REG_SZ', data: 'M\u{fc}nchen\r\n\u{1f511}' },
  ProviderType: { type: 'REG_DWORD', data: 0 },
  HashAlgorithm: { type: 'REG_DWORD', data: 0xffffffff },
  CACertHash: { type: 'REG_MULTI_SZ', data: ['fc 54 84', '-', 'M\u{fc}nchen'] },
  DisableExtensionList: { type: 'REG_MULTI_SZ', data: [] },
  Security: { type: 'REG_BINARY', data: Uint8Array.from({ length: 300 }, (_, index) => index & 0xff) },
  Nothing: { type: 'REG_BINARY', data: new Uint8Array() },
};

test('hivexregedit puts each value into a hive, and what it exports of it is what went in', () => {
  const folder = mkdtempSync(join(tmpdir(), 'certhaven-hive-'));
  try {
    const prefix = 'HKEY_LOCAL_MACHINE\\SYSTEM';
    const path = `${CONFIGURATION}\\Contoso CA\\CSP`;
    const parents = path.split('\\').map((_, index, all) => all.slice(0, index + 1).join('\\'));
    const values = Object.entries(VALUES).map(([name, value]) => ({ name, value }));
    const file = encodeRegistryFile([
      ...parents.slice(2, -1).map((parent) => ({ path: parent, values: [] })),
      { path, values },
    ]);
    assert.deepEqual([...file.subarray(0, 2)], [0xff, 0xfe]);
    const [hive, text] = [join(folder, 'hive'), join(folder, 'ca.reg')];
    writeFileSync(hive, emptyHive());
    // It reads no UTF-16.
    writeFileSync(text, new TextDecoder('utf-16le').decode(file));
    execFileSync('hivexregedit', ['--merge', '--encoding', 'UTF-16LE', '--prefix', prefix, hive, text]);
    const exported = execFileSync('hivexregedit', ['--export', '--prefix', prefix, hive, CERTSVC.slice(prefix.length)]);
    const [key] = parseRegistryFile(new Uint8Array(exported)).filter((each) => each.path === path);
    assert.deepEqual(Object.fromEntries(key!.values.map(({ name, value }) => [name, value])), VALUES);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
