import { formatHex } from '#pki/asn1/bytes';
import type { Name } from '#pki/x509/name';
import { formatName } from '#pki/x509/name-text';
import type { Json } from '../../io/verb.ts';

/**
 * A decoded value as --json shows it: fields by their own names, octets in hexadecimal, dates in ISO 8601, names as text,
 * numbers beyond 2^53 as decimal text.
 */
export function jsonValue(value: unknown): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Uint8Array) return formatHex(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((each) => jsonValue(each) ?? null);
  if (typeof value !== 'object') return undefined;
  if (isName(value)) return formatName(value);
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, jsonValue(inner)]));
}

function isName(value: object): value is Name {
  return 'rdnSequence' in value && 'raw' in value;
}
