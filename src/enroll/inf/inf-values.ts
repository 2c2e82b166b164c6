/** The kinds of values an INF key has. Each throws InfError with ERROR_INVALID_PARAMETER where the text is none of them. */
import { parseUsDate } from '#pki/asn1/us-date';
import type { InfFile, InfLine } from './inf-file.ts';

/** The one field of a key that takes one. */
export function text(inf: InfFile, line: InfLine): string {
  const [only = '', ...more] = line.fields;
  if (more.length === 0) return only;
  throw inf.fault(line, 'has a comma outside quotes.', `Write ${line.key} = "${line.fields.join(',')}".`);
}

export function boolean(inf: InfFile, line: InfLine): boolean {
  const word = text(inf, line).toLowerCase();
  if (['true', 'yes', '1'].includes(word)) return true;
  if (['false', 'no', '0'].includes(word)) return false;
  throw inf.fault(line, 'is neither TRUE nor FALSE.');
}

/** Decimal, or hexadecimal behind `0x`. */
export function number(inf: InfFile, line: InfLine): number {
  const value = parseNumber(text(inf, line));
  if (value === undefined) throw inf.fault(line, 'is no number.', `Write digits, such as ${line.key} = 2048 or 0x800.`);
  return value;
}

function parseNumber(word: string): number | undefined {
  if (!/^(?:0x[0-9a-f]{1,8}|[0-9]{1,10})$/i.test(word)) return undefined;
  const value = Number(word);
  return value <= 0xffffffff ? value : undefined;
}

/** One of several words, or its number. */
export function choice<T extends number>(
  inf: InfFile,
  line: InfLine,
  words: readonly (readonly [word: string, value: T])[],
): T {
  const word = text(inf, line);
  const value = parseNumber(word);
  const found = words.find(([name, known]) => known === value || name.toLowerCase() === word.toLowerCase());
  if (found) return found[1];
  throw inf.fault(line, `is none of ${words.map(([name]) => name).join(', ')}.`);
}

/** Words joined by `|`, or one number. */
export function flags(inf: InfFile, line: InfLine, words: readonly (readonly [word: string, bit: number])[]): number {
  let bits = 0;
  for (const part of text(inf, line).split('|')) {
    const word = part.trim();
    const bit = words.find(([name]) => name.toLowerCase() === word.toLowerCase())?.[1] ?? parseNumber(word);
    if (bit === undefined) throw inf.fault(line, `has "${word}", none of ${words.map(([name]) => name).join(', ')}.`);
    bits |= bit;
  }
  return bits >>> 0;
}

/**
 * A date as people of any country read it: `2026-11-21`, with or without `07:30` or `07:30:15`, in UTC; or as Microsoft's
 * reference of certreq writes it, `7/24/2012 10:31 AM`, in local time.
 */
export function date(inf: InfFile, line: InfLine): Date {
  const word = text(inf, line);
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?Z?$/.exec(word);
  const value = iso ? new Date(`${iso[1]}T${iso[2] ?? '00:00'}Z`) : parseUsDate(word);
  if (value === undefined || Number.isNaN(value.getTime()))
    throw inf.fault(line, 'is no date.', 'Write 2026-11-21 or "2026-11-21 07:30".');
  return value;
}
