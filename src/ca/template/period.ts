/** pKIExpirationPeriod and pKIOverlapPeriod: spans in 100 ns, stored negative as a FILETIME. MS-CRTD 2.11, 2.15. */
import { hresult } from '#hresult/hresult-error';

/** A span of time in units of 100 ns, never negative. */
export type Period = bigint;

const MILLISECOND = 10_000n;
const SECOND = 1000n * MILLISECOND;
const DAY = 86_400n * SECOND;

/** As certutil counts them: a year is 365 days, a month 30. Largest first. */
const UNITS: readonly (readonly [word: string, length: Period])[] = [
  ['Years', 365n * DAY],
  ['Months', 30n * DAY],
  ['Weeks', 7n * DAY],
  ['Days', DAY],
  ['Hours', 3600n * SECOND],
  ['Minutes', 60n * SECOND],
  ['Seconds', SECOND],
];

/** The longest span a FILETIME can hold. */
const LONGEST = 0x7fffffffffffffffn;

/** Rounded down. */
export function periodMilliseconds(period: Period): number {
  return Number(period / MILLISECOND);
}

export function periodOfMilliseconds(milliseconds: number): Period {
  return BigInt(Math.trunc(milliseconds)) * MILLISECOND;
}

/** Eight octets, little-endian, the negated count. */
export function encodePeriod(period: Period): Uint8Array {
  if (period < 0n || period > LONGEST) throw new RangeError('a period is between 0 and 2^63 - 1');
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, -period, true);
  return bytes;
}

/** Throws ERROR_INVALID_DATA for another length, or a point in time instead of a span (a positive count). */
export function decodePeriod(bytes: Uint8Array): Period {
  if (bytes.length !== 8) throw hresult('ERROR_INVALID_DATA', `a period of ${bytes.length} octets instead of 8`);
  const count = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0, true);
  if (count > 0n || count < -LONGEST) throw hresult('ERROR_INVALID_DATA', 'a period that is no negative span');
  return -count;
}

/** `1 Years`, `6 Weeks`: the largest unit that fits without a rest; fractions of a second are dropped. */
export function formatPeriod(period: Period): string {
  for (const [word, length] of UNITS) {
    if (period >= length && period % length === 0n) return `${period / length} ${word}`;
  }
  return `${period / SECOND} Seconds`;
}

/** `2 Years`, `1 year`, `6 Weeks`. Throws ERROR_INVALID_PARAMETER. */
export function parsePeriod(text: string): Period {
  const match = /^\s*([0-9]{1,10})\s*([A-Za-z]+)\s*$/.exec(text);
  const word = match?.[2]?.toLowerCase();
  for (const [name, length] of UNITS) {
    const plural = name.toLowerCase();
    if (match && (word === plural || word === plural.slice(0, -1))) {
      const period = BigInt(match[1]!) * length;
      if (period <= LONGEST) return period;
    }
  }
  throw hresult('ERROR_INVALID_PARAMETER', `"${text}" is no period`, {
    hint: `write a number and one of ${UNITS.map(([name]) => name).join(', ')}`,
  });
}
