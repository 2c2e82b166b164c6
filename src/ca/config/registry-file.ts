/**
 * A registration file as regedit and `reg export` write it: UTF-16 with its mark, or UTF-8; `REGEDIT4` files have their strings of
 * hex(2) and hex(7) in one byte a character.
 */
import { hresult } from '#hresult/hresult-error';
import { decodeText } from '#pki/asn1/pem';
import type { RegistryValue } from '../ports.ts';

export interface RegistryFileKey {
  /** `HKEY_LOCAL_MACHINE\SYSTEM\…` */
  readonly path: string;
  /** As they are spelt; `''` for the default value. What a file deletes is not there. */
  readonly values: ReadonlyMap<string, RegistryValue>;
}

const HEADERS = ['Windows Registry Editor Version 5.00', 'REGEDIT4'];

/** In the order of the file; a key that is written twice stands there twice. Throws ERROR_INVALID_DATA, with the line. */
export function parseRegistryFile(bytes: Uint8Array): RegistryFileKey[] {
  const [header = '', ...lines] = decodeText(bytes).split(/\r\n|\r|\n/);
  if (!HEADERS.includes(header.replace('\u{feff}', '').trimEnd()))
    throw faultAt(1, `no registration file begins so; "${HEADERS[0]}" is its first line`);
  const isNarrow = header.startsWith('REGEDIT4');
  const keys: { readonly path: string; readonly values: Map<string, RegistryValue> }[] = [];
  let isDeleted = false;
  for (let at = 0; at < lines.length; at++) {
    const line = at + 2;
    let text = lines[at]!.trim();
    if (text === '' || text.startsWith(';')) continue;
    const key = /^\[(-?)(.+)\]$/.exec(text);
    if (key) {
      isDeleted = key[1] === '-';
      if (!isDeleted) keys.push({ path: key[2]!, values: new Map() });
      continue;
    }
    while (/=\s*hex.*\\$/i.test(text) && at + 1 < lines.length) text = text.slice(0, -1) + lines[++at]!.trim();
    const parsed = /^(?:@|"((?:[^"\\]|\\.)*)")\s*=\s*(.*)$/.exec(text);
    if (!parsed) throw faultAt(line, 'neither a key nor a value');
    if (isDeleted || parsed[2] === '-') continue;
    const into = keys.at(-1);
    if (!into) throw faultAt(line, 'a value before any key');
    into.values.set(unescaped(parsed[1] ?? ''), readValue(parsed[2]!, isNarrow, line));
  }
  return keys;
}

function readValue(text: string, isNarrow: boolean, line: number): RegistryValue {
  const string = /^"((?:[^"\\]|\\.)*)"$/.exec(text);
  if (string) return { type: 'REG_SZ', data: unescaped(string[1]!) };
  const dword = /^dword:([0-9a-f]{1,8})$/i.exec(text);
  if (dword) return { type: 'REG_DWORD', data: Number.parseInt(dword[1]!, 16) };
  const hex = /^hex(?:\(([0-9a-f]+)\))?:((?:[0-9a-f]{1,2}(?:,|$)|\s)*)$/i.exec(text);
  if (!hex) throw faultAt(line, 'no value that a registration file has');
  const data = Uint8Array.from(
    hex[2]!.split(',').filter((byte) => byte.trim() !== ''),
    (byte) => Number.parseInt(byte, 16),
  );
  const decode = () => (isNarrow ? new TextDecoder('latin1').decode(data) : new TextDecoder('utf-16le').decode(data));
  // winnt.h: 1 REG_SZ, 2 REG_EXPAND_SZ, 4 REG_DWORD, 7 REG_MULTI_SZ.
  switch (hex[1]?.toLowerCase()) {
    case '1':
    case '2':
      return { type: 'REG_SZ', data: decode().replace(/\0+$/, '') };
    case '4':
      if (data.length !== 4) throw faultAt(line, `a DWORD of ${data.length} bytes`);
      return { type: 'REG_DWORD', data: new DataView(data.buffer).getUint32(0, true) };
    case '7':
      return {
        type: 'REG_MULTI_SZ',
        data: decode()
          .split('\0')
          .filter((one) => one !== ''),
      };
    default:
      return { type: 'REG_BINARY', data };
  }
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

function faultAt(line: number, what: string) {
  return hresult('ERROR_INVALID_DATA', `Line ${line}: ${what}.`, {
    hint: 'reg export HKLM\\SYSTEM\\CurrentControlSet\\Services\\CertSvc\\Configuration FILE.reg writes one',
  });
}
