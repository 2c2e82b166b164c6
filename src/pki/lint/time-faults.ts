import { DerReader } from '../asn1/der-reader.ts';
import { TAG } from '../asn1/tag.ts';

/** RFC 5280 §4.1.2.5: UTCTime through 2049, then GeneralizedTime, which has no fraction. `time` is the DER of a Time. */
export function* timeFaults(field: string, time: Uint8Array): Generator<string> {
  const year = new DerReader(time).time().getUTCFullYear();
  const isGeneralized = time[0] === TAG.GENERALIZED_TIME;
  if (isGeneralized && year >= 1950 && year < 2050) yield `${field} in ${year} is a GeneralizedTime`;
  if (isGeneralized && time[1] !== 15) yield `${field} has a fraction of a second`;
}
