/**
 * Values as JSON text, whole: byte arrays, dates, maps and big integers come out as what went in. One of these is an object
 * with a single member whose name begins with `$`; everything else is plain JSON.
 */
import { hresult } from '#hresult/hresult-error';
import { decodeBase64 } from '#pki/asn1/base64';

/** No value of ours is nested deeper. */
const DEPTH = 32;

/** Throws TypeError for what no API answers: functions, numbers that are not finite, members that begin with `$`. */
export function formatValue(value: unknown): string {
  return JSON.stringify(toJson(value));
}

/** Throws ERROR_INVALID_DATA for a text that is none of `formatValue`. */
export function parseValue(text: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw hresult('ERROR_INVALID_DATA', 'The message is no JSON.', { cause });
  }
  return fromJson(json, 0);
}

function toJson(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} does not travel`);
      return value;
    case 'undefined':
      return { $undefined: true };
    case 'bigint':
      return { $integer: value.toString() };
    case 'object':
      return value === null ? null : objectToJson(value);
    default:
      throw new TypeError(`a ${typeof value} does not travel`);
  }
}

function objectToJson(value: object): unknown {
  if (value instanceof Uint8Array)
    return { $bytes: Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64') };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof Map) return { $map: [...value].map((entry) => entry.map(toJson)) };
  if (Array.isArray(value)) return value.map(toJson);
  const members = Object.entries(value);
  for (const [name] of members) if (name.startsWith('$')) throw new TypeError(`the member ${name} does not travel`);
  return Object.fromEntries(members.map(([name, member]) => [name, toJson(member)]));
}

function fromJson(json: unknown, depth: number): unknown {
  if (json === null || typeof json !== 'object') return json;
  if (depth > DEPTH) throw invalid('nested too deeply');
  if (Array.isArray(json)) return json.map((item) => fromJson(item, depth + 1));
  const members = Object.entries(json);
  const [name, content] = members[0] ?? [];
  if (name?.startsWith('$')) {
    if (members.length !== 1) throw invalid(`${name} does not stand alone`);
    return fromTagged(name, content, depth);
  }
  return Object.fromEntries(members.map(([key, member]) => [key, fromJson(member, depth + 1)]));
}

function fromTagged(name: string, content: unknown, depth: number): unknown {
  if (name === '$bytes' && typeof content === 'string') return decodeBase64(content);
  if (name === '$date' && typeof content === 'string') return dateOf(content);
  if (name === '$integer' && typeof content === 'string' && /^-?[0-9]{1,200}$/.test(content)) return BigInt(content);
  if (name === '$undefined') return undefined;
  if (name === '$map' && Array.isArray(content)) return mapOf(content, depth);
  throw invalid(`no value ${name}`);
}

function dateOf(text: string): Date {
  const date = new Date(text);
  // Other forms that Date reads are no ISO 8601, and depend on where the machine stands.
  if (Number.isNaN(date.getTime()) || date.toISOString() !== text) throw invalid('a date that is none');
  return date;
}

function mapOf(entries: readonly unknown[], depth: number): Map<unknown, unknown> {
  return new Map(
    entries.map((entry) => {
      if (!Array.isArray(entry) || entry.length !== 2) throw invalid('a map with an entry that is no pair');
      return [fromJson(entry[0], depth + 1), fromJson(entry[1], depth + 1)];
    }),
  );
}

function invalid(what: string): Error {
  return hresult('ERROR_INVALID_DATA', `The message holds ${what}.`);
}
