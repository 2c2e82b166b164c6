import { hresult } from '#hresult/hresult-error';

/** The period words of ValidityPeriod, CRLPeriod and their kin. */
export const PERIOD_UNITS = ['Seconds', 'Minutes', 'Hours', 'Days', 'Weeks', 'Months', 'Years'] as const;
export type PeriodUnit = (typeof PERIOD_UNITS)[number];

export interface Period {
  readonly unit: PeriodUnit;
  readonly count: number;
}

const MILLISECONDS: Readonly<Record<Exclude<PeriodUnit, 'Months' | 'Years'>, number>> = {
  Seconds: 1000,
  Minutes: 60_000,
  Hours: 3_600_000,
  Days: 86_400_000,
  Weeks: 604_800_000,
};

export function parsePeriod(unit: string, count: number): Period {
  const known = PERIOD_UNITS.find((candidate) => candidate.toLowerCase() === unit.toLowerCase());
  if (known === undefined)
    throw hresult('ERROR_INVALID_DATA', `Period '${unit}' is none of ${PERIOD_UNITS.join(', ')}.`);
  return { unit: known, count };
}

/** Calendar months and years, as Windows counts them; a day that the month lacks becomes its last. */
export function addPeriod(from: Date, { unit, count }: Period): Date {
  if (unit !== 'Months' && unit !== 'Years') return new Date(from.getTime() + count * MILLISECONDS[unit]);
  const date = new Date(from);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  if (unit === 'Months') date.setUTCMonth(date.getUTCMonth() + count);
  else date.setUTCFullYear(date.getUTCFullYear() + count);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date;
}
