/** One change of one attribute, as `certutil -dsTemplate Template Attribute +FLAG` takes it. */
import { hresult } from '#hresult/hresult-error';
import { parseHex } from '#pki/asn1/bytes';
import { isOid } from '#pki/asn1/object-identifier';
import type { CertificateTemplate } from './certificate-template.ts';
import { ENROLLMENT_FLAGS, GENERAL_FLAGS, NAME_FLAGS, PRIVATE_KEY_FLAGS, type TemplateFlag } from './flags.ts';
import { type Period, parsePeriod } from './period.ts';
import type { TemplateChanges } from './versions.ts';

const FLAG_FIELDS = {
  flags: ['flags', GENERAL_FLAGS],
  'msPKI-Certificate-Name-Flag': ['nameFlags', NAME_FLAGS],
  'msPKI-Enrollment-Flag': ['enrollmentFlags', ENROLLMENT_FLAGS],
  'msPKI-Private-Key-Flag': ['privateKeyFlags', PRIVATE_KEY_FLAGS],
} as const satisfies Record<string, readonly [string, readonly TemplateFlag[]]>;

const NUMBER_FIELDS = {
  pKIDefaultKeySpec: 'defaultKeySpec',
  pKIMaxIssuingDepth: 'maxIssuingDepth',
  'msPKI-RA-Signature': 'raSignatures',
  'msPKI-Minimal-Key-Size': 'minimalKeySize',
  'msPKI-Symmetric-Key-Length': 'symmetricKeyLength',
  'msPKI-Key-Usage': 'keyUsageProperty',
} as const;

const STRING_FIELDS = {
  displayName: 'displayName',
  'msPKI-Asymmetric-Algorithm': 'asymmetricAlgorithm',
  'msPKI-Hash-Algorithm': 'hashAlgorithm',
  'msPKI-Symmetric-Algorithm': 'symmetricAlgorithm',
} as const;

const LIST_FIELDS = {
  pKICriticalExtensions: 'criticalExtensions',
  pKIExtendedKeyUsage: 'extendedKeyUsage',
  'msPKI-Certificate-Application-Policy': 'applicationPolicies',
  'msPKI-Certificate-Policy': 'certificatePolicies',
  'msPKI-RA-Application-Policies': 'raApplicationPolicies',
  'msPKI-RA-Policies': 'raPolicies',
  'msPKI-Supersede-Templates': 'supersededTemplates',
  pKIDefaultCSPs: 'defaultCSPs',
} as const;

const PERIOD_FIELDS = { pKIExpirationPeriod: 'expirationPeriod', pKIOverlapPeriod: 'overlapPeriod' } as const;

/** Lists whose members are names instead of OIDs. */
const NAME_LIST_FIELDS: ReadonlySet<string> = new Set(['supersededTemplates', 'defaultCSPs']);

type FlagField = (typeof FLAG_FIELDS)[keyof typeof FLAG_FIELDS][0];
type NumberField = (typeof NUMBER_FIELDS)[keyof typeof NUMBER_FIELDS];
type StringField = (typeof STRING_FIELDS)[keyof typeof STRING_FIELDS];
type ListField = (typeof LIST_FIELDS)[keyof typeof LIST_FIELDS];
type PeriodField = (typeof PERIOD_FIELDS)[keyof typeof PERIOD_FIELDS];
type Operation = 'set' | 'add' | 'remove';

export type TemplateEdit =
  | { readonly kind: 'flags'; readonly field: FlagField; readonly operation: Operation; readonly value: number }
  | { readonly kind: 'number'; readonly field: NumberField; readonly value: number | undefined }
  | { readonly kind: 'string'; readonly field: StringField; readonly value: string | undefined }
  | {
      readonly kind: 'list';
      readonly field: ListField;
      readonly operation: Operation;
      readonly value: readonly string[];
    }
  | { readonly kind: 'period'; readonly field: PeriodField; readonly value: Period }
  | { readonly kind: 'octets'; readonly field: 'keyUsage'; readonly value: Uint8Array };

const CHANGEABLE: readonly string[] = [
  ...[FLAG_FIELDS, NUMBER_FIELDS, STRING_FIELDS, LIST_FIELDS, PERIOD_FIELDS].flatMap((fields) => Object.keys(fields)),
  'pKIKeyUsage',
];

function entryOf<Value>(table: Readonly<Record<string, Value>>, attribute: string): Value | undefined {
  const wanted = attribute.toLowerCase();
  for (const [name, value] of Object.entries(table)) if (name.toLowerCase() === wanted) return value;
  return undefined;
}

function parseNumber(text: string): number | undefined {
  if (!/^-?(?:0x[0-9a-f]{1,8}|[0-9]{1,10})$/i.test(text)) return undefined;
  const value = text.startsWith('-') ? -Number(text.slice(1)) : Number(text);
  return value >= -0x80000000 && value <= 0xffffffff ? value : undefined;
}

/** A flag by name, with or without `CT_FLAG_`, or by number. */
function parseFlag(text: string, table: readonly TemplateFlag[], attribute: string): number {
  const wanted = text.toUpperCase();
  const known = table.find(({ name }) => name === wanted || name === `CT_FLAG_${wanted}`);
  const value = known?.value ?? parseNumber(text);
  if (value === undefined)
    throw hresult('ERROR_INVALID_PARAMETER', `${attribute} has no flag "${text}"`, {
      hint: table.map(({ name }) => name).join(' '),
    });
  return value >>> 0;
}

function splitOperation(text: string): { operation: Operation; rest: string } {
  if (text.startsWith('+')) return { operation: 'add', rest: text.slice(1) };
  if (text.startsWith('-')) return { operation: 'remove', rest: text.slice(1) };
  return { operation: 'set', rest: text };
}

function parseList(text: string, field: ListField, attribute: string): string[] {
  const members = text
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
  const wrong = NAME_LIST_FIELDS.has(field) ? undefined : members.find((member) => !isOid(member));
  if (wrong !== undefined) throw hresult('ERROR_INVALID_PARAMETER', `${attribute}: "${wrong}" is no object identifier`);
  return members;
}

/**
 * `parseTemplateEdit('msPKI-Private-Key-Flag', '+CT_FLAG_REQUIRE_PRIVATE_KEY_ARCHIVAL')`. Bit fields and lists take
 * `+value`, `-value` or the whole value; periods `2 Years`; pKIKeyUsage hexadecimal octets. Throws ERROR_INVALID_PARAMETER.
 */
export function parseTemplateEdit(attribute: string, text: string): TemplateEdit {
  const flag = entryOf(FLAG_FIELDS, attribute);
  if (flag) {
    const [field, table] = flag;
    // LDAP prints 0x82000000 as -2113929216: a number that low is the whole value, no flag to take away.
    const whole = /^-[0-9]+$/.test(text) ? parseNumber(text) : undefined;
    if (whole !== undefined && whole < -0x10000000)
      return { kind: 'flags', field, operation: 'set', value: whole >>> 0 };
    const { operation, rest } = splitOperation(text);
    let value = 0;
    for (const part of rest.split(/[\s,|]+/)) value |= parseFlag(part.replace(/^\+/, ''), table, attribute);
    return { kind: 'flags', field, operation, value: value >>> 0 };
  }
  const numberField = entryOf(NUMBER_FIELDS, attribute);
  if (numberField) {
    const value = parseNumber(text);
    if (value === undefined && text !== '')
      throw hresult('ERROR_INVALID_PARAMETER', `${attribute}: "${text}" is no number`);
    return { kind: 'number', field: numberField, value };
  }
  const stringField = entryOf(STRING_FIELDS, attribute);
  if (stringField) return { kind: 'string', field: stringField, value: text === '' ? undefined : text };
  const listField = entryOf(LIST_FIELDS, attribute);
  if (listField) {
    const { operation, rest } = splitOperation(text);
    return { kind: 'list', field: listField, operation, value: parseList(rest, listField, attribute) };
  }
  const periodField = entryOf(PERIOD_FIELDS, attribute);
  if (periodField) return { kind: 'period', field: periodField, value: parsePeriod(text) };
  if (attribute.toLowerCase() === 'pkikeyusage') {
    const hex = text.replace(/[\s:]/g, '');
    if (!/^(?:[0-9a-f]{2}){1,2}$/i.test(hex))
      throw hresult('ERROR_INVALID_PARAMETER', `${attribute}: "${text}" is not one or two hexadecimal octets`);
    return { kind: 'octets', field: 'keyUsage', value: parseHex(hex) };
  }
  throw hresult('ERROR_INVALID_PARAMETER', `"${attribute}" is no attribute that can be changed`, {
    hint: CHANGEABLE.join(' '),
  });
}

function combine(before: readonly string[], operation: Operation, value: readonly string[]): string[] {
  if (operation === 'set') return [...value];
  const without = before.filter((member) => !value.includes(member));
  return operation === 'remove' ? without : [...before, ...value.filter((member) => !before.includes(member))];
}

/** What the edit changes in this template; `editTemplate` applies it. Several edits: merge their answers in turn. */
export function planTemplateEdit(template: CertificateTemplate, edit: TemplateEdit): TemplateChanges {
  switch (edit.kind) {
    case 'flags': {
      const before = template[edit.field];
      const after =
        edit.operation === 'set' ? edit.value : edit.operation === 'add' ? before | edit.value : before & ~edit.value;
      return { [edit.field]: after >>> 0 };
    }
    case 'list':
      return { [edit.field]: combine(template[edit.field], edit.operation, edit.value) };
    default:
      return { [edit.field]: edit.value };
  }
}
