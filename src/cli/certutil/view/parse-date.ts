import { hresult } from '#hresult/hresult-error';

/**
 * `now`, `now+30:00` (days and hours), `12/31/2026`, `12/31/2026 5:00 PM`, or ISO 8601. Without a zone the time is local.
 * Throws ERROR_INVALID_PARAMETER.
 */
export function parseDate(text: string, now: Date): Date {
  const relative = /^now(?:\s*([+-])\s*([0-9]{1,6}):([0-9]{1,6}))?$/i.exec(text);
  if (relative) {
    const [, sign, days = '0', hours = '0'] = relative;
    const hoursAway = Number(days) * 24 + Number(hours);
    return new Date(now.getTime() + (sign === '-' ? -1 : 1) * hoursAway * 3_600_000);
  }
  const date = parseUsDate(text) ?? parseIsoDate(text);
  if (date && !Number.isNaN(date.getTime())) return date;
  throw hresult('ERROR_INVALID_PARAMETER', `"${text}" is no date.`, {
    hint: 'write 12/31/2026, 12/31/2026 5:00 PM, now or now+30:00 (days:hours)',
  });
}

function parseUsDate(text: string): Date | undefined {
  const match = /^([0-9]{1,2})\/([0-9]{1,2})\/([0-9]{4})(?:\s+([0-9]{1,2}):([0-9]{2})(?:\s*([AP]M))?)?$/i.exec(text);
  if (!match) return undefined;
  const [month, day, year, clock = 0, minutes = 0] = match.slice(1, 6).map((part) => (part ? Number(part) : undefined));
  const half = match[6]?.toUpperCase();
  const hours = half === undefined ? clock : (clock % 12) + (half === 'PM' ? 12 : 0);
  const date = new Date(year!, month! - 1, day!, hours, minutes);
  // 2/31 would become March.
  return date.getMonth() === month! - 1 && date.getDate() === day ? date : undefined;
}

function parseIsoDate(text: string): Date | undefined {
  return /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?$/.test(text) ? new Date(text) : undefined;
}
