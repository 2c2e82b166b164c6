/** What -setreg makes of the text that a person types, by what the value was before. */

import type { RegistryValue } from '#ca/ports';
import { hresult } from '#hresult/hresult-error';
import { parseHex } from '#pki/asn1/bytes';
import { registryBits } from './lines.ts';

export interface RegistryEdit {
  readonly name: string;
  readonly before: RegistryValue | undefined;
  /** The type the value has by the table of the configuration, where it has a row. */
  readonly type: RegistryValue['type'] | undefined;
  readonly now: Date;
}

/**
 * Numbers and flag names for a DWORD, with + or - in front to set or clear bits; for a list of strings `a\nb`, or one member
 * to add or to take away. A value that neither exists nor is known becomes what its text looks like. Throws
 * ERROR_INVALID_PARAMETER.
 */
export function editedValue(text: string, { name, before, type, now }: RegistryEdit): RegistryValue {
  switch (before?.type ?? type ?? typeByLook(text)) {
    case 'REG_DWORD':
      return { type: 'REG_DWORD', data: editedNumber(text, name, before?.type === 'REG_DWORD' ? before.data : 0) };
    case 'REG_MULTI_SZ':
      return { type: 'REG_MULTI_SZ', data: editedList(text, before?.type === 'REG_MULTI_SZ' ? before.data : []) };
    case 'REG_BINARY':
      return { type: 'REG_BINARY', data: text.toLowerCase() === '@now' ? filetime(now) : octets(text) };
    case 'REG_SZ':
      // `a\nb` asks for a list, whatever the value was; the CA refuses it where the configuration wants one string.
      return text.includes('\\n')
        ? { type: 'REG_MULTI_SZ', data: editedList(text, []) }
        : { type: 'REG_SZ', data: text };
  }
}

function typeByLook(text: string): RegistryValue['type'] {
  if (/^[+-]?(?:0x[0-9a-f]+|[0-9]+)$/i.test(text)) return 'REG_DWORD';
  return text.includes('\\n') ? 'REG_MULTI_SZ' : 'REG_SZ';
}

function editedNumber(text: string, name: string, before: number): number {
  const operation = /^[+-]/.exec(text)?.[0];
  const bits = (operation === undefined ? text : text.slice(1))
    .split(/[\s,|]+/)
    .filter((part) => part !== '')
    .map((part) => numberOf(part, name));
  if (bits.length === 0) throw hresult('ERROR_INVALID_PARAMETER', 'A number or the name of a flag is missing.');
  const value = bits.reduce((sum, bit) => (sum | bit) >>> 0, 0);
  if (operation === '+') return (before | value) >>> 0;
  return operation === '-' ? (before & ~value) >>> 0 : value;
}

function numberOf(text: string, name: string): number {
  if (/^(?:0x[0-9a-f]{1,8}|[0-9]{1,10})$/i.test(text) && Number(text) <= 0xffffffff) return Number(text);
  const bits = registryBits(name);
  const bit = bits.find((candidate) => candidate.name.toLowerCase() === text.toLowerCase());
  if (bit) return bit.value;
  throw hresult('ERROR_INVALID_PARAMETER', `"${text}" is neither a number nor a flag of ${name}.`, {
    hint:
      bits.length > 0
        ? `Its flags: ${bits.map((candidate) => candidate.name).join(' ')}.`
        : 'Write a number, such as 3 or 0x3.',
  });
}

function editedList(text: string, before: readonly string[]): string[] {
  const members = text
    .replace(/^[+-]/, '')
    .split('\\n')
    .filter((member) => member !== '');
  const given = new Set(members.map((member) => member.toLowerCase()));
  const others = before.filter((member) => !given.has(member.toLowerCase()));
  if (text.startsWith('+')) return [...others, ...members];
  return text.startsWith('-') ? others : members;
}

function octets(text: string): Uint8Array {
  if (/^(?:\s*[0-9a-f]{2})*\s*$/i.test(text)) return parseHex(text);
  throw hresult('ERROR_INVALID_PARAMETER', 'The value is binary: pairs of hexadecimal digits, or @now.');
}

/** 100 ns since 1601, little-endian. */
function filetime(date: Date): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(date.getTime() + 11644473600000) * 10_000n, true);
  return bytes;
}
