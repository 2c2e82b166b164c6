import { Asn1Error } from './asn1-error.ts';

function two(bytes: Uint8Array, at: number): number {
  const high = bytes[at]! - 0x30;
  const low = bytes[at + 1]! - 0x30;
  if (!(high >= 0 && high <= 9 && low >= 0 && low <= 9))
    throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', at, 'Bad digit in a time');
  return high * 10 + low;
}

function utc(at: number, year: number, rest: number[]): Date {
  const [month, day, hour, minute, second] = rest as [number, number, number, number, number];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, 0);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) {
    throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', at, 'No such time');
  }
  return date;
}

/** RFC 5280 §4.1.2.5.1: YYMMDDHHMMSSZ, 1950 to 2049. */
export function decodeUtcTime(bytes: Uint8Array, start: number, end: number): Date {
  if (end - start !== 13 || bytes[end - 1] !== 0x5a)
    throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', start, 'UTCTime not YYMMDDHHMMSSZ');
  const fields = [0, 1, 2, 3, 4, 5].map((i) => two(bytes, start + 2 * i));
  const year = fields[0]!;
  return utc(start, year < 50 ? 2000 + year : 1900 + year, fields.slice(1));
}

/** RFC 5280 §4.1.2.5.2: YYYYMMDDHHMMSSZ; a fraction (allowed in CMS) is read to the millisecond. */
export function decodeGeneralizedTime(bytes: Uint8Array, start: number, end: number): Date {
  if (end - start < 15 || bytes[end - 1] !== 0x5a) {
    throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', start, 'GeneralizedTime not YYYYMMDDHHMMSSZ');
  }
  const fields = [0, 1, 2, 3, 4, 5, 6].map((i) => two(bytes, start + 2 * i));
  const date = utc(start, fields[0]! * 100 + fields[1]!, fields.slice(2));
  if (end - start > 15) {
    let digits = '';
    for (let i = start + 15; i < end - 1; i++) digits += String.fromCharCode(bytes[i]!);
    if (bytes[start + 14] !== 0x2e || !/^[0-9]{1,9}$/.test(digits)) {
      throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', start + 14, 'Bad fraction of a second');
    }
    date.setUTCMilliseconds(Math.floor(Number(`0.${digits}`) * 1000));
  }
  return date;
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}

function monthToSecond(date: Date): string {
  return [date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    .map((value) => pad(value, 2))
    .join('');
}

/** YYMMDDHHMMSSZ. Throws RangeError outside 1950 to 2049. */
export function formatUtcTime(date: Date): string {
  const year = date.getUTCFullYear();
  if (!(year >= 1950 && year < 2050)) throw new RangeError(`no UTCTime for the year ${year}`);
  return `${pad(year % 100, 2)}${monthToSecond(date)}Z`;
}

/** YYYYMMDDHHMMSSZ without a fraction, as RFC 5280 §4.1.2.5.2 asks. */
export function formatGeneralizedTime(date: Date): string {
  return `${pad(date.getUTCFullYear(), 4)}${monthToSecond(date)}Z`;
}
