import { hresult } from '#hresult/hresult-error';
import { isSameBytes } from '../asn1/bytes.ts';
import { decodeWhole, readAll } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import {
  type Der,
  encodeDer,
  ia5String,
  oid,
  printableString,
  sequence,
  sequenceOf,
  setOf,
  utf8String,
} from '../asn1/der-writer.ts';
import { id_at_commonName } from '../asn1/oid-table.ts';
import { isIa5String, isPrintableString } from '../asn1/strings.ts';
import { TAG } from '../asn1/tag.ts';
import { attributeKey, nameStringType } from './attribute-types.ts';

/**
 * `Name`, RFC 5280 §4.1.2.4.
 *
 * ```asn1
 * Name ::= CHOICE { rdnSequence RDNSequence }
 * RDNSequence ::= SEQUENCE OF RelativeDistinguishedName
 * RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
 * AttributeTypeAndValue ::= SEQUENCE { type AttributeType, value AttributeValue }
 * ```
 */
export interface Name {
  /** The whole DER; what is compared first and what is written again. */
  readonly raw: Uint8Array;
  /** In the order of the encoding: the most general RDN first. */
  readonly rdnSequence: readonly (readonly AttributeTypeAndValue[])[];
}

export interface AttributeTypeAndValue {
  readonly type: string;
  /** The text; undefined where the value is no character string. */
  readonly value: string | undefined;
  /** The DER of the value. */
  readonly rawValue: Uint8Array;
}

/** What an RDN is made from: text, whose string type follows from the attribute type, or DER that is taken as it is. */
export type NameAttribute =
  | { readonly type: string; readonly value: string; readonly rawValue?: undefined }
  | { readonly type: string; readonly rawValue: Uint8Array };

export function readName(reader: DerReader): Name {
  const start = reader.offset;
  const rdns = reader.sequence();
  const rdnSequence = readAll(rdns, readRelativeDistinguishedName);
  return { raw: reader.bytes.subarray(start, reader.offset), rdnSequence };
}

/** Throws Asn1Error. */
export function decodeName(raw: Uint8Array): Name {
  return decodeWhole(raw, readName);
}

export function readRelativeDistinguishedName(reader: DerReader, tag: number = TAG.SET): AttributeTypeAndValue[] {
  const set = reader.constructed(tag);
  const attributes = [readAttributeTypeAndValue(set)];
  while (!set.atEnd) attributes.push(readAttributeTypeAndValue(set));
  return attributes;
}

function readAttributeTypeAndValue(reader: DerReader): AttributeTypeAndValue {
  const fields = reader.sequence();
  const type = fields.oid();
  const start = fields.offset;
  const value = isCharacterString(fields.peek()) ? fields.string() : fields.skip();
  const rawValue = fields.bytes.subarray(start, fields.offset);
  fields.finish();
  return { type, value: value ?? undefined, rawValue };
}

function isCharacterString(tag: number): boolean {
  return (
    tag === TAG.UTF8_STRING ||
    (tag >= TAG.NUMERIC_STRING && tag <= TAG.TELETEX_STRING) ||
    tag === TAG.IA5_STRING ||
    (tag >= TAG.VISIBLE_STRING && tag <= TAG.BMP_STRING && tag !== 0x1d)
  );
}

/**
 * A name from its RDNs, the most general first. Text becomes PrintableString where it can, else UTF8String (always
 * UTF8String with `forceUTF8`, CR_FLG_FORCEUTF8); e-mail addresses and domain components are IA5String.
 * Throws CRYPT_E_INVALID_IA5_STRING or CRYPT_E_INVALID_PRINTABLE_STRING where the type has no room for the text.
 */
export function encodeName(
  rdns: readonly (readonly NameAttribute[])[],
  options: { readonly forceUTF8?: boolean } = {},
): Name {
  const encoded = rdns.map((rdn) =>
    setOf(
      rdn.map((attribute) =>
        sequence(
          oid(attribute.type),
          attribute.rawValue ?? attributeValue(attribute.type, attribute.value, options.forceUTF8 ?? false),
        ),
      ),
    ),
  );
  return decodeName(encodeDer(sequenceOf(encoded)));
}

function attributeValue(type: string, text: string, forceUTF8: boolean): Der {
  switch (nameStringType(type)) {
    case 'ia5':
      if (!isIa5String(text)) throw hresult('CRYPT_E_INVALID_IA5_STRING', `${attributeKey(type)}="${text}".`);
      return ia5String(text);
    case 'printable':
      if (!isPrintableString(text)) {
        throw hresult('CRYPT_E_INVALID_PRINTABLE_STRING', `${attributeKey(type)}="${text}".`);
      }
      return printableString(text);
    case 'directory':
      return isPrintableString(text) && !forceUTF8 ? printableString(text) : utf8String(text);
  }
}

/** RFC 5280 §7.1: blanks at the ends do not count, blanks inside count as one, case does not count. */
function foldText(text: string): string {
  return text.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

function foldAttribute(attribute: AttributeTypeAndValue): string {
  const value = attribute.value === undefined ? `#${attribute.rawValue.join()}` : `=${foldText(attribute.value)}`;
  return JSON.stringify(attribute.type + value);
}

function foldRdn(rdn: readonly AttributeTypeAndValue[]): string {
  return rdn.map(foldAttribute).sort().join('+');
}

/** Two names are the same exactly where their keys are: for maps of names. RFC 5280 §7.1. */
export function nameKey(name: Name): string {
  return name.rdnSequence.map(foldRdn).join();
}

/** RFC 5280 §7.1. The string type does not count: PrintableString and UTF8String of the same text are the same. */
export function isSameName(a: Name, b: Name): boolean {
  if (isSameBytes(a.raw, b.raw)) return true;
  return a.rdnSequence.length === b.rdnSequence.length && nameKey(a) === nameKey(b);
}

/** RFC 5280 §7.1: `name` lies in the subtree of `base`, that is, begins with its RDNs. */
export function isWithinName(name: Name, base: Name): boolean {
  return (
    name.rdnSequence.length >= base.rdnSequence.length &&
    base.rdnSequence.every((rdn, i) => foldRdn(rdn) === foldRdn(name.rdnSequence[i]!))
  );
}

export function isEmptyName(name: Name): boolean {
  return name.rdnSequence.length === 0;
}

/** The most specific common name. */
export function commonName(name: Name): string | undefined {
  return name.rdnSequence.flat().findLast((attribute) => attribute.type === id_at_commonName)?.value;
}
