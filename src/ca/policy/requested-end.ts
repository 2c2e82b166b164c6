import { hresult } from '#hresult/hresult-error';
import { type NameValuePair, valueOfName } from '#pki/cmc/name-value-pairs';
import type { Configuration } from '../config/configuration.ts';
import { addPeriod, parsePeriod } from '../config/period.ts';
import { EDITF } from '../config/registry-flags.ts';
import { POLICY_MODULE } from '../config/registry-values.ts';

/** RFC 2616 §3.3.1, the first of its forms. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The end that a request asks for with the attributes ValidityPeriod and ValidityPeriodUnits, or ExpirationDate (MS-WCCE
 * 2.2.2.7.10); undefined where it asks for none, or the policy does not listen (EDITF_ATTRIBUTEENDDATE, which stand-alone
 * CAs have). It only shortens. Throws ERROR_INVALID_DATA.
 */
export function requestedEnd(
  attributes: readonly NameValuePair[],
  configuration: Configuration,
  notBefore: Date,
): Date | undefined {
  if (!configuration.hasFlag('EditFlags', EDITF.ATTRIBUTEENDDATE, POLICY_MODULE)) return undefined;
  const date = valueOfName(attributes, 'ExpirationDate');
  if (date !== undefined) return parseHttpDate(date, notBefore);
  const unit = valueOfName(attributes, 'ValidityPeriod');
  const count = valueOfName(attributes, 'ValidityPeriodUnits');
  if (unit === undefined && count === undefined) return undefined;
  if (unit === undefined || count === undefined || !/^[1-9][0-9]{0,5}$/.test(count.trim()))
    throw invalid(`A validity of ${count ?? 'no'} ${unit ?? 'units'}.`);
  return addPeriod(notBefore, parsePeriod(unit.trim(), Number(count)));
}

function parseHttpDate(text: string, notBefore: Date): Date {
  const date = HTTP_DATE.test(text.trim()) ? new Date(text.trim()) : new Date(Number.NaN);
  if (Number.isNaN(date.getTime())) throw invalid(`"${text}" is no date.`);
  if (date <= notBefore) throw invalid(`The end that is asked for has passed: ${text}.`);
  return date;
}

function invalid(detail: string) {
  return hresult('ERROR_INVALID_DATA', detail, {
    hint: 'ValidityPeriod:Months\\nValidityPeriodUnits:6, or ExpirationDate:Tue, 30 Nov 2027 00:00:00 GMT',
  });
}
