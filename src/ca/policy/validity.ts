import type { NameValuePair } from '#pki/cmc/name-value-pairs';
import type { Authority } from '../authority.ts';
import { requireOwnLife } from '../chain/own-life.ts';
import type { Configuration } from '../config/configuration.ts';
import { addPeriod, parsePeriod } from '../config/period.ts';
import { requestedEnd } from './requested-end.ts';

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Certificates count whole seconds (RFC 5280 §4.1.2.5). */
export function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}

/** ClockSkewMinutes before now: a client whose clock is slow can use what it just got. */
export function backdated(now: Date, configuration: Configuration): Date {
  return wholeSeconds(new Date(now.getTime() - (configuration.dword('ClockSkewMinutes') ?? 10) * 60_000));
}

/**
 * As long as asked, but never beyond the CA's own ValidityPeriod nor the end of its certificate. MS-WCCE
 * 3.2.2.6.2.1.4.4.2. Throws CERT_E_EXPIRED outside of the life of the CA's certificate, ERROR_INVALID_DATA for an end that is none.
 */
export function plannedValidity(
  authority: Authority,
  configuration: Configuration,
  asked: {
    /** The template's period, in milliseconds. */
    readonly period?: number;
    /** Of the request. */
    readonly attributes: readonly NameValuePair[];
  },
): Validity {
  const now = authority.ports.clock.now();
  const { certificate } = authority.current;
  requireOwnLife(certificate, now);
  const notBefore = backdated(now, configuration);
  const longest = addPeriod(
    notBefore,
    parsePeriod(configuration.string('ValidityPeriod') ?? 'Years', configuration.dword('ValidityPeriodUnits') ?? 1),
  );
  const ends = [longest, certificate.tbsCertificate.validity.notAfter];
  if (asked.period !== undefined) ends.push(new Date(notBefore.getTime() + asked.period));
  const end = requestedEnd(asked.attributes, configuration, notBefore);
  if (end) ends.push(end);
  const notAfter = new Date(Math.min(...ends.map((end) => end.getTime())));
  return { notBefore, notAfter: wholeSeconds(notAfter) };
}
