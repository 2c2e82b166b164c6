import type { DateStyle } from '../../io/date.ts';
import type { OptionValues } from '../../io/option.ts';
import type { CertutilOption } from '../options.ts';

/** -gmt and -seconds. */
export function dateStyle(options: OptionValues<CertutilOption>): DateStyle {
  return { gmt: options.has('gmt'), seconds: options.has('seconds') };
}
