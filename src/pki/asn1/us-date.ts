/** `12/31/2026`, `12/31/2026 5:00 PM` or `12/31/2026 17:00`, local time, as Windows' tools take dates; undefined for what is none. */
export function parseUsDate(text: string): Date | undefined {
  const match = /^([0-9]{1,2})\/([0-9]{1,2})\/([0-9]{4})(?:\s+([0-9]{1,2}):([0-9]{2})(?:\s*([AP]M))?)?$/i.exec(text);
  if (!match) return undefined;
  const [month, day, year, clock = 0, minutes = 0] = match.slice(1, 6).map((part) => (part ? Number(part) : undefined));
  const half = match[6]?.toUpperCase();
  const hours = half === undefined ? clock : (clock % 12) + (half === 'PM' ? 12 : 0);
  const date = new Date(year!, month! - 1, day!, hours, minutes);
  // 2/31 would become March.
  return date.getMonth() === month! - 1 && date.getDate() === day ? date : undefined;
}
