/** How certutil prints and certreq prints times: Windows' US English short date and time, whatever the locale. */

export interface DateStyle {
  /** -gmt: in GMT, and saying so, instead of the local time. */
  readonly gmt?: boolean;
  /** -seconds: with seconds and milliseconds. */
  readonly seconds?: boolean;
}

/**
 * `11/21/2026 7:00 AM`; with -seconds `11/21/2026 7:00 AM 55.000s`, with -gmt ` GMT` after it (form of the suffixes assumed
 * from `certutil -seconds` transcripts).
 */
export function formatDate(date: Date, style: DateStyle = {}): string {
  const fields = style.gmt
    ? [date.getUTCMonth(), date.getUTCDate(), date.getUTCFullYear(), date.getUTCHours(), date.getUTCMinutes()]
    : [date.getMonth(), date.getDate(), date.getFullYear(), date.getHours(), date.getMinutes()];
  const [month, day, year, hours, minutes] = fields as [number, number, number, number, number];
  const clock = `${hours % 12 || 12}:${String(minutes).padStart(2, '0')} ${hours < 12 ? 'AM' : 'PM'}`;
  const parts = [`${month + 1}/${day}/${year}`, clock];
  if (style.seconds) {
    const milliseconds = String(date.getUTCMilliseconds()).padStart(3, '0');
    parts.push(`${String(date.getUTCSeconds()).padStart(2, '0')}.${milliseconds}s`);
  }
  if (style.gmt) parts.push('GMT');
  return parts.join(' ');
}
