/** One value of the database as -view prints it: `  Request Disposition: 0x14 (20) -- Issued`. */

import type { ColumnValue } from '#ca/schema/column';
import {
  CPF,
  CR_FLG,
  CR_IN,
  CR_IN_FORMAT_MASK,
  DB_DISP,
  DISPOSITION_TEXTS,
  REQUEST_FLAG_TEXTS,
  REQUEST_TYPE_TEXTS,
  REVOCATION_REASON_TEXTS,
} from '#ca/schema/dispositions';
import {
  EXTENSION_FLAG_CRITICAL,
  EXTENSION_FLAG_DISABLED,
  EXTENSION_ORIGIN,
  EXTENSION_ORIGIN_MASK,
  EXTENSION_ORIGIN_TEXTS,
} from '#ca/schema/extension-flags';
import type { TableColumn } from '#ca/schema/tables';
import { ENROLLMENT_FLAGS, GENERAL_FLAGS } from '#ca/template/flags';
import { formatHresult, messageText } from '#hresult/format';
import { isOid } from '#pki/asn1/object-identifier';
import { oidByDotted } from '#pki/asn1/oid-table';
import { type DateStyle, formatDate } from '../../io/date.ts';
import { hexDump } from '../../io/hex-dump.ts';
import { pemLines } from '../der-output.ts';
import { privateKeyFlagLines } from '../template/private-key-flag-lines.ts';
import { flagLines, longText, type NamedBit } from '../text/dword-text.ts';
import { printable } from '../text/printable.ts';

export interface ValueStyle extends DateStyle {
  /** Display names of templates by their OID. */
  readonly templates: ReadonlyMap<string, string>;
}

const PEM_LABELS: Readonly<Record<string, string>> = {
  RawRequest: 'NEW CERTIFICATE REQUEST',
  RawCertificate: 'CERTIFICATE',
  RawOldCertificate: 'CERTIFICATE',
  RawPrecertificate: 'CERTIFICATE',
  LinterCertificate: 'CERTIFICATE',
  CRLRawCRL: 'X509 CRL',
};

/** Hashes are stored without the blanks that Windows keeps between their bytes. */
const HASH_COLUMNS: ReadonlySet<string> = new Set(['CertificateHash', 'SubjectKeyIdentifier']);

const CPF_BITS: readonly NamedBit[] = Object.entries(CPF).map(([name, value]) => ({ name: `CPF_${name}`, value }));

export function valueLines({ column }: TableColumn, value: ColumnValue, style: ValueStyle): string[] {
  const head = `  ${column.displayName}:`;
  if (value === null) return [`${head} EMPTY`];
  if (value instanceof Date) return [`${head} ${formatDate(value, style)}`];
  if (value instanceof Uint8Array) return binaryLines(column.name, value, head);
  if (typeof value === 'string')
    return [`${head} "${printedString(column.name, value)}"${stringNote(column.name, value, style)}`];
  return [`${head} ${longLine(column.name, value)}`, ...longFlagLines(column.name, value)];
}

function binaryLines(name: string, value: Uint8Array, head: string): string[] {
  // The view tells that a key is archived; the key itself leaves by -getkey alone.
  if (name === 'RawArchivedKey') return [`${head} Yes`];
  const label = PEM_LABELS[name];
  if (label !== undefined) return [head, ...pemLines(label, value)];
  return [head, ...hexDump(value, { address: true, ascii: name !== 'RawPublicKey' }), ''];
}

export function printedString(name: string, value: string): string {
  return HASH_COLUMNS.has(name) && /^[0-9a-f]+$/i.test(value) ? value.replace(/..(?=.)/g, '$& ') : printable(value);
}

/** The name of an object identifier, behind its quotation mark. */
function stringNote(name: string, value: string, { templates }: ValueStyle): string {
  if (name === 'CertificateTemplate') {
    const displayName = templates.get(value);
    return displayName === undefined ? '' : ` ${displayName}`;
  }
  if (name === 'PublicKeyAlgorithm' && value === '1.2.840.113549.1.1.1') return ' RSA (RSA_SIGN)';
  const isIdentifier = name === 'PublicKeyAlgorithm' || name === 'ExtensionName';
  const known = isIdentifier && isOid(value) ? oidByDotted(value) : undefined;
  return known ? ` ${known.displayName}` : '';
}

function longLine(name: string, value: number): string {
  if (name === 'StatusCode' || name === 'CRLPublishStatusCode') return statusText(value);
  const meaning = longMeaning(name, value);
  const separator = name === 'IssuerNameID' || name === 'CRLNameId' ? ' ' : ' -- ';
  return `${longText(value)}${meaning === '' ? '' : separator + meaning}`;
}

/** `0x0 (WIN32: 0) -- The operation completed successfully.` */
export function statusText(value: number): string {
  const code = value === 0 ? '0x0 (WIN32: 0)' : formatHresult(value >>> 0);
  const text = messageText(value >>> 0);
  return text === undefined ? code : `${code} -- ${text}`;
}

/** What a number means, in words; empty where it is a mere number, or where its bits stand below. */
export function longMeaning(name: string, value: number): string {
  switch (name) {
    case 'Disposition': {
      const constant = nameOf(DB_DISP, value);
      return constant === undefined ? '' : DISPOSITION_TEXTS[constant];
    }
    case 'RequestType':
      return requestTypeText(value);
    case 'RequestFlags':
      return bitTexts(CR_FLG, REQUEST_FLAG_TEXTS, value);
    case 'RevokedReason':
      return `Reason: ${REVOCATION_REASON_TEXTS[value] ?? 'Unknown Reason'}`;
    case 'IssuerNameID':
    case 'CRLNameId':
      // MS-CSRA 3.1.1.1.2: index of the certificate in the low word, of its key in the high one.
      return `CA Version ${value & 0xffff}.${value >>> 16}`;
    case 'ExtensionFlags':
      return extensionFlagsText(value);
    default:
      return '';
  }
}

function requestTypeText(value: number): string {
  const format = nameOf(CR_IN, value & CR_IN_FORMAT_MASK);
  const flags = bitTexts(CR_IN, REQUEST_TYPE_TEXTS, value & ~CR_IN_FORMAT_MASK);
  return [format && REQUEST_TYPE_TEXTS[format], flags].filter(Boolean).join(', ');
}

/** `Critical, Disabled, Origin=Policy`. */
export function extensionFlagsText(value: number): string {
  const origin = nameOf(EXTENSION_ORIGIN, value & EXTENSION_ORIGIN_MASK);
  return [
    value & EXTENSION_FLAG_CRITICAL ? 'Critical' : '',
    value & EXTENSION_FLAG_DISABLED ? 'Disabled' : '',
    origin ? `Origin=${EXTENSION_ORIGIN_TEXTS[origin]}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

function longFlagLines(name: string, value: number): string[] {
  switch (name) {
    case 'EnrollmentFlags':
      return flagLines(value, ENROLLMENT_FLAGS);
    case 'GeneralFlags':
      return flagLines(value, GENERAL_FLAGS);
    case 'PrivatekeyFlags':
      return privateKeyFlagLines(value);
    case 'CRLPublishFlags':
      return flagLines(value, CPF_BITS);
    default:
      return [];
  }
}

function nameOf<Name extends string>(constants: Readonly<Record<Name, number>>, value: number): Name | undefined {
  return (Object.keys(constants) as Name[]).find((name) => constants[name] === value);
}

function bitTexts<Name extends string>(
  constants: Readonly<Record<Name, number>>,
  texts: Readonly<Record<Name, string>>,
  value: number,
): string {
  return (Object.keys(constants) as Name[])
    .filter((name) => (value & constants[name]) >>> 0 === constants[name])
    .map((name) => texts[name])
    .join(', ');
}
