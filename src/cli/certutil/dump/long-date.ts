import type { DateStyle } from '../../io/date.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** Windows' long form in US English, in which CryptFormatObject tells dates: `Thursday, May 31, 2125 10:54:35 PM`. */
export function formatLongDate(date: Date, { gmt = false }: DateStyle = {}): string {
  // The fields in GMT of the instant shifted by the zone are the local ones.
  const at = gmt ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  const hours = at.getUTCHours();
  const pad = (value: number) => String(value).padStart(2, '0');
  const clock = `${hours % 12 || 12}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())} ${hours < 12 ? 'AM' : 'PM'}`;
  const day = `${DAYS[at.getUTCDay()]}, ${MONTHS[at.getUTCMonth()]} ${at.getUTCDate()}, ${at.getUTCFullYear()}`;
  return `${day} ${clock}${gmt ? ' GMT' : ''}`;
}
