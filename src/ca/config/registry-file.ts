/**
 * A registration file as regedit and `reg export` write it: UTF-16 with its mark, or UTF-8; `REGEDIT4` files may be in the
 * machine's own code page, and have their strings of hex(2) and hex(7) in one byte a character.
 */
import { hresult } from '#hresult/hresult-error';
import { decodeText } from '#pki/asn1/pem';
import type { RegistryValue } from '../ports.ts';

export interface RegistryFileKey {
  /** `HKEY_LOCAL_MACHINE\SYSTEM\…` */
  readonly path: string;
  readonly line: number;
  /** `[-KEY]`: with all that is below it. */
  readonly isDeleted: boolean;
  /** In their order; a value that is written twice stands there twice. */
  readonly values: readonly RegistryFileValue[];
}

export interface RegistryFileValue {
  /** As it is spelt; `''` for the key's default value. */
  readonly name: string;
  readonly line: number;
  /** Undefined for `"name"=-`. */
  readonly value: RegistryValue | undefined;
  /** What a configuration does not hold, and `value` has as bytes: `REG_QWORD`, `REG_NONE`. */
  readonly foreignType?: string;
}

const HEADERS = ['Windows Registry Editor Version 5.00', 'REGEDIT4'];

/** winnt.h; others by their number. */
const FOREIGN_TYPES: Readonly<Record<number, string>> = {
  0: 'REG_NONE',
  5: 'REG_DWORD_BIG_ENDIAN',
  6: 'REG_LINK',
  8: 'REG_RESOURCE_LIST',
  9: 'REG_FULL_RESOURCE_DESCRIPTOR',
  10: 'REG_RESOURCE_REQUIREMENTS_LIST',
  11: 'REG_QWORD',
};

/** In the order of the file; a key that is written twice stands there twice. Throws ERROR_INVALID_DATA, with the line. */
export function parseRegistryFile(bytes: Uint8Array): RegistryFileKey[] {
  const [header = '', ...lines] = textOf(bytes).split(/\r\n|\r|\n/);
  if (!HEADERS.includes(header.trim()))
    throw faultAt(1, `no registration file begins so; "${HEADERS[0]}" is its first line`);
  const isNarrow = header.trim() === HEADERS[1];
  const keys: (RegistryFileKey & { readonly values: RegistryFileValue[] })[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = at + 2;
    const text = lines[at]!.trim();
    if (text === '' || text.startsWith(';')) continue;
    const key = /^\[(-?)(.+)\]$/.exec(text);
    if (key) {
      keys.push({ path: key[2]!, line, isDeleted: key[1] === '-', values: [] });
      continue;
    }
    const parts = [text];
    if (/^(?:@|".*")\s*=\s*hex/i.test(text)) {
      while (parts.at(-1)!.endsWith('\\') && at + 1 < lines.length) {
        parts.push(`${parts.pop()!.slice(0, -1)}`, lines[++at]!.trim());
      }
    }
    const parsed = /^(?:@|"((?:[^"\\]|\\.)*)")\s*=\s*(.*)$/s.exec(parts.join(''));
    if (!parsed) throw faultAt(line, 'neither a key nor a value');
    const into = keys.at(-1);
    if (!into) throw faultAt(line, 'a value before any key');
    if (into.isDeleted) continue;
    const name = unescaped(parsed[1] ?? '');
    into.values.push({
      name,
      line,
      ...(parsed[2] === '-' ? { value: undefined } : readValue(parsed[2]!, isNarrow, line)),
    });
  }
  return keys;
}

function textOf(bytes: Uint8Array): string {
  const text = decodeText(bytes);
  // Only the old form is ever in a code page; which one, the file does not tell, and 1252 is that of most machines.
  return text.startsWith('REGEDIT4') && text.includes('\u{fffd}')
    ? new TextDecoder('windows-1252').decode(bytes)
    : text;
}

function readValue(text: string, isNarrow: boolean, line: number): Pick<RegistryFileValue, 'value' | 'foreignType'> {
  const string = /^"((?:[^"\\]|\\.)*)"$/.exec(text);
  if (string) return { value: { type: 'REG_SZ', data: unescaped(string[1]!) } };
  const dword = /^dword:([0-9a-f]{1,8})$/i.exec(text);
  if (dword) return { value: { type: 'REG_DWORD', data: Number.parseInt(dword[1]!, 16) } };
  const hex = /^hex(?:\(([0-9a-f]{1,8})\))?:([0-9a-f,\s]*)$/i.exec(text);
  if (!hex) throw faultAt(line, 'no value that a registration file has');
  const data = octets(hex[2]!, line);
  const type = hex[1] === undefined ? undefined : Number.parseInt(hex[1], 16);
  const decode = () =>
    isNarrow ? new TextDecoder('windows-1252').decode(data) : new TextDecoder('utf-16le').decode(data);
  switch (type) {
    // REG_EXPAND_SZ, which no setting of a CA is, is kept as the string it is.
    case 1:
    case 2:
      return { value: { type: 'REG_SZ', data: decode().replace(/\0+$/, '') } };
    case 4:
      if (data.length !== 4) throw faultAt(line, `a DWORD of ${data.length} bytes`);
      return { value: { type: 'REG_DWORD', data: new DataView(data.buffer).getUint32(0, true) } };
    case 7:
      return {
        value: {
          type: 'REG_MULTI_SZ',
          data: decode()
            .split('\0')
            .filter((one) => one !== ''),
        },
      };
    default: {
      const value: RegistryValue = { type: 'REG_BINARY', data };
      return type === undefined || type === 3
        ? { value }
        : { value, foreignType: FOREIGN_TYPES[type] ?? `type ${type}` };
    }
  }
}

function octets(text: string, line: number): Uint8Array {
  const pairs = text.split(',').map((pair) => pair.trim());
  if (pairs.at(-1) === '') pairs.pop();
  if (!pairs.every((pair) => /^[0-9a-f]{1,2}$/i.test(pair)))
    throw faultAt(line, 'bytes are pairs of hexadecimal digits with commas between them');
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

function faultAt(line: number, what: string) {
  return hresult('ERROR_INVALID_DATA', `Line ${line}: ${what}.`, {
    hint: 'reg export HKLM\\SYSTEM\\CurrentControlSet\\Services\\CertSvc\\Configuration FILE.reg writes one',
  });
}
