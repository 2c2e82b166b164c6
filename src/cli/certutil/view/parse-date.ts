import { hresult } from '#hresult/hresult-error';
import { parseUsDate } from '#pki/asn1/us-date';

/**
 * `now`, `12/31/2026`, `12/31/2026 5:00 PM`, or ISO 8601, each with so many days and hours from there: `now+30:00`; those
 * alone are from now. Without a zone the time is local. Throws ERROR_INVALID_PARAMETER.
 */
export function parseDate(text: string, now: Date): Date {
  const [, from = '', sign, days = '0', hours = '0'] =
    /^(.*?)\s*(?:([+-])\s*([0-9]{1,6}):([0-9]{1,6}))?$/s.exec(text.trim()) ?? [];
  const isNow = /^now$/i.test(from) || (from === '' && sign !== undefined);
  const away = (sign === '-' ? -1 : 1) * (Number(days) * 24 + Number(hours)) * 3_600_000;
  // The zone of ISO 8601 looks like days and hours: what can be read whole is.
  const whole = sign === undefined || isNow ? undefined : parseIsoDate(text.trim());
  const start = isNow ? now : (parseUsDate(from) ?? parseIsoDate(from));
  const date = whole ?? (start && new Date(start.getTime() + away));
  if (date && !Number.isNaN(date.getTime())) return date;
  throw hresult('ERROR_INVALID_PARAMETER', `"${text}" is no date.`, {
    hint: 'write 12/31/2026, 12/31/2026 5:00 PM, now or now+30:00 (days:hours)',
  });
}

function parseIsoDate(text: string): Date | undefined {
  return /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?$/.test(text)
    ? new Date(text)
    : undefined;
}
