/**
 * The INF file of -repairstore: `[Properties]` with a line for each certificate property, by its number.
 *
 * ```
 * 19 = Empty                     ; archived: an empty value
 * 19 =                           ; not archived: the property goes
 * 11 = "{text}Friendly name"
 * 127 = "{hex}"
 * _continue_ = "01 02 03"
 * 2 = "{text}"
 * _continue_ = "Container=NAME&"
 * ```
 */
import type { KeyProvInfo } from '#certstore/ports/certificate-store';
import { COMPUTED_PROPERTIES, LAST_PROPERTY_ID } from '#certstore/ports/property-ids';
import type { InfError } from '#enroll/inf/inf-error';
import { InfFile, type InfLine } from '#enroll/inf/inf-file';
import { encodeDer } from '#pki/asn1/der-writer';
import { isOid } from '#pki/asn1/object-identifier';
import type { KeySpec } from '#pki/crypto/key-provider';
import { encodeExtendedKeyUsage } from '#pki/x509/extensions/extended-key-usage';

export interface PropertyChange {
  readonly id: number;
  readonly line: InfLine;
  /** Undefined takes the property away. */
  readonly value: Uint8Array | KeyProvInfo | undefined;
}

export interface PropertyInf {
  readonly changes: readonly PropertyChange[];
  /** A fault of a change that shows only where it meets the store, at the line that has `at`. */
  fault(change: PropertyChange, detail: string, options: { readonly at: string; readonly hint: string }): InfError;
}

const KEY_PROV_INFO = 2;
const ENHKEY_USAGE = 9;
/** Handles of a running process: they mean nothing in a file. */
const HANDLES: ReadonlySet<number> = new Set([1, 5, 78, 79, 99, 100]);

const SECTION = 'Properties';
const FORMS_HINT = 'write Empty, "{text}…", "{hex}…", or nothing to take the property away';

/** Throws InfError with the number of the line, and then nothing of the file counts. */
export function readPropertyInf(bytes: Uint8Array, name: string): PropertyInf {
  const inf = InfFile.parse(bytes, name);
  const lines = inf.lines(SECTION);
  if (lines.length === 0) throw missingSection(inf);
  const changes: PropertyChange[] = [];
  for (const line of lines) {
    const id = propertyNumber(inf, line);
    if (changes.some((change) => change.id === id))
      throw inf.fault(line, 'stands there twice.', 'leave one of the two lines out');
    changes.push({ id, line, value: propertyValue(inf, line, id) });
  }
  return { changes, fault: ({ line }, detail, { at, hint }) => inf.fault(lineWith(line, at), detail, hint) };
}

function missingSection(inf: InfFile): InfError {
  const number = inf.sections.find(({ name }) => name.toLowerCase() === SECTION.toLowerCase())?.number ?? 1;
  const line: InfLine = { section: SECTION, key: `[${SECTION}]`, fields: [], number };
  return inf.fault(line, 'has no line.', 'the file has a section [Properties] with lines such as 11 = "{text}My name"');
}

function propertyNumber(inf: InfFile, line: InfLine): number {
  const id = /^(?:0x[0-9a-f]{1,4}|[0-9]{1,5})$/i.test(line.key) ? Number(line.key) : 0;
  if (id < 1 || id > LAST_PROPERTY_ID) {
    throw inf.fault(line, 'is no number of a property.', `properties have numbers from 1 to ${LAST_PROPERTY_ID}`);
  }
  if (HANDLES.has(id)) throw inf.fault(line, 'is a handle, which no file can hold.', 'leave the line out');
  return id;
}

function propertyValue(inf: InfFile, line: InfLine, id: number): PropertyChange['value'] {
  if (line.fields.length === 0) return undefined;
  if (COMPUTED_PROPERTIES.has(id)) throw inf.fault(line, 'follows from the certificate itself.', 'leave the line out');
  const value = line.fields.join(',');
  if (/^empty$/i.test(value)) return new Uint8Array(0);
  const form = /^\{(text|hex)\}/i.exec(value);
  if (!form) throw inf.fault(line, 'has neither {text} nor {hex}.', FORMS_HINT);
  const content = value.slice(form[0].length);
  if (form[1]!.toLowerCase() === 'hex') return hexValue(inf, line, content);
  if (id === KEY_PROV_INFO) return keyProvInfo(inf, line, content);
  if (id === ENHKEY_USAGE) return enhancedKeyUsage(inf, line, content);
  return new Uint8Array(Buffer.from(`${content}\0`, 'utf16le'));
}

const HEX_HINT = 'write two digits for each byte: "{hex}00 01 ff"';

function hexValue(inf: InfFile, line: InfLine, content: string): Uint8Array {
  const digits = content.replaceAll(/\s+/g, '');
  const wrong = /[^0-9a-f]/i.exec(digits)?.[0];
  if (wrong !== undefined)
    throw inf.fault(lineWith(line, wrong), `has "${wrong}", which is no hexadecimal digit.`, HEX_HINT);
  if (digits.length % 2 !== 0) throw inf.fault(line, 'has an odd number of hexadecimal digits.', HEX_HINT);
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

function enhancedKeyUsage(inf: InfFile, line: InfLine, content: string): Uint8Array {
  const purposes = content
    .split(',')
    .map((oid) => oid.trim())
    .filter((oid) => oid !== '');
  for (const oid of purposes) {
    if (!isOid(oid))
      throw inf.fault(
        lineWith(line, oid),
        `has "${oid}", which is no object identifier.`,
        'write them as 1.3.6.1.5.5.7.3.1, parted by commas',
      );
  }
  return encodeDer(encodeExtendedKeyUsage(purposes));
}

const KEY_FIELDS = ['Container', 'Provider', 'ProviderType', 'Flags', 'KeySpec'] as const;
type KeyField = (typeof KEY_FIELDS)[number];
/** Where a & is missing, the next field is the end of this one's value. */
const NEXT_FIELD = /(Container|ProviderType|Provider|Flags|KeySpec)\s*=/i;
const KEY_HINT = 'write Container, Provider, ProviderType, Flags and KeySpec, parted by &';

/** `Container = NAME&Provider = NAME&ProviderType = 0&Flags = 0x20&KeySpec = 0`; the numbers are 0 where they are left out. */
function keyProvInfo(inf: InfFile, line: InfLine, content: string): KeyProvInfo {
  const values = new Map<KeyField, string>();
  for (const part of content.split('&')) {
    if (part.trim() === '') continue;
    const [name, ...rest] = part.split('=');
    const field = KEY_FIELDS.find((known) => known.toLowerCase() === name!.trim().toLowerCase());
    if (!field || rest.length === 0) {
      throw inf.fault(lineWith(line, part.trim()), `has "${part.trim()}", which is no field of it.`, KEY_HINT);
    }
    const swallowed = NEXT_FIELD.exec(rest.join('='))?.[1];
    if (swallowed !== undefined) {
      throw inf.fault(lineWith(line, swallowed), `lacks the & between ${field} and ${swallowed}.`, KEY_HINT);
    }
    if (values.has(field)) throw inf.fault(lineWith(line, part.trim()), `has ${field} twice.`, KEY_HINT);
    values.set(field, rest.join('=').trim());
  }
  const text = (field: KeyField): string => {
    const value = values.get(field);
    if (value) return value;
    throw inf.fault(line, `has no ${field}.`, KEY_HINT);
  };
  const number = (field: KeyField): number => {
    const value = values.get(field) ?? '0';
    if (/^(?:0x[0-9a-f]{1,8}|[0-9]{1,10})$/i.test(value) && Number(value) <= 0xffffffff) return Number(value);
    throw inf.fault(lineWith(line, value), `has ${field} = ${value}, which is no number.`, 'write it as 32 or 0x20');
  };
  const keySpec = number('KeySpec');
  if (keySpec > 2) {
    throw inf.fault(
      lineWith(line, 'KeySpec'),
      `has KeySpec = ${keySpec}.`,
      '0 under a key storage provider, else 1 or 2',
    );
  }
  return {
    container: text('Container'),
    provider: text('Provider'),
    providerType: number('ProviderType'),
    flags: number('Flags'),
    keySpec: keySpec as KeySpec,
  };
}

/** The line that this text stands in, of those a property goes over. */
function lineWith(line: InfLine, text: string): InfLine {
  const found = line.continued?.find((part) => part.text.includes(text));
  return found ? { ...line, number: found.number } : line;
}
