/** Hexadecimal as CryptBinaryToString lays it out: 16 bytes a line in two groups, address before, characters after. */

import { hresult } from '#hresult/hresult-error';
import { formatHex, parseHex } from '#pki/asn1/bytes';

export interface HexDumpStyle {
  /** The offset of each line, in four digits or more, and a tab. */
  readonly address?: boolean;
  /** The characters of each line, with a point for what ASCII does not print. */
  readonly ascii?: boolean;
}

const WIDTH = 16;
const HALF = 8;
/** Two groups of eight pairs. */
const COLUMNS = WIDTH * 3;

/** The lines, without line ends. */
export function hexDump(bytes: Uint8Array, style: HexDumpStyle = {}): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const row = bytes.subarray(at, at + WIDTH);
    const groups = [row.subarray(0, HALF), row.subarray(HALF)].filter((group) => group.length > 0);
    const pairs = groups.map((group) => Array.from(group, (octet) => formatHex(Uint8Array.of(octet))).join(' '));
    const address = style.address ? `${at.toString(16).padStart(4, '0')}\t` : '';
    const ascii = style.ascii ? `   ${characters(row)}` : '';
    const hex = pairs.join('  ');
    lines.push(address + (style.ascii ? hex.padEnd(COLUMNS) : hex) + ascii);
  }
  return lines;
}

function characters(row: Uint8Array): string {
  return String.fromCharCode(...row.map((octet) => (octet >= 0x20 && octet < 0x7f ? octet : 0x2e)));
}

const ADDRESS = /^\s*([0-9a-f]{4,8})(?:\t|:\s*| {2,})/i;
const PAIRS = /^\s*((?:[0-9a-f]{2}\s{1,2})*[0-9a-f]{2})(?:\s*$|\s{3}.*$)/i;

/**
 * The bytes of a dump with or without addresses and characters, or of digits without order. What a dump means is told by
 * its first line: an address there must be 0, and then every line has the right one. Throws ERROR_INVALID_DATA.
 */
export function parseHexDump(text: string): Uint8Array {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const first = lines[0] ?? '';
  const hasAddress = ADDRESS.test(first) && Number.parseInt(ADDRESS.exec(first)![1]!, 16) === 0;
  if (!hasAddress && !lines.every((line) => PAIRS.test(line))) return parseHex(text);
  let hex = '';
  for (const line of lines) {
    const address = hasAddress ? ADDRESS.exec(line) : undefined;
    if (hasAddress && (!address || Number.parseInt(address[1]!, 16) !== hex.length / 2)) {
      throw hresult('ERROR_INVALID_DATA', `A line of the dump has another address than ${hex.length / 2}.`);
    }
    const pairs = PAIRS.exec(line.slice(address?.[0].length ?? 0))?.[1];
    if (pairs === undefined)
      throw hresult('ERROR_INVALID_DATA', `Not a line of a hexadecimal dump: ${line.slice(0, 80)}`);
    hex += pairs.replace(/\s+/g, '');
  }
  return parseHex(hex);
}
