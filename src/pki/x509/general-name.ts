import { hresult } from '#hresult/hresult-error';
import { Asn1Error } from '../asn1/asn1-error.ts';
import { decodeWhole, readAll } from '../asn1/decode-whole.ts';
import type { DerReader } from '../asn1/der-reader.ts';
import {
  type Der,
  type DerNode,
  encodeDer,
  explicit,
  ia5String,
  implicit,
  octetString,
  oid,
  sequence,
  sequenceOf,
  utf8String,
} from '../asn1/der-writer.ts';
import { szOID_NT_PRINCIPAL_NAME, szOID_NTDS_REPLICATION } from '../asn1/oid-table.ts';
import { isIa5String } from '../asn1/strings.ts';
import { contextConstructed, contextPrimitive, formatTag, TAG } from '../asn1/tag.ts';
import { type Name, readName } from './name.ts';

/**
 * `GeneralName`, RFC 5280 §4.2.1.6.
 *
 * ```asn1
 * GeneralName ::= CHOICE {
 *   otherName [0] OtherName, rfc822Name [1] IA5String, dNSName [2] IA5String, x400Address [3] ORAddress,
 *   directoryName [4] Name, ediPartyName [5] EDIPartyName, uniformResourceIdentifier [6] IA5String,
 *   iPAddress [7] OCTET STRING, registeredID [8] OBJECT IDENTIFIER }
 * OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY DEFINED BY type-id }
 * ```
 */
export type GeneralName =
  /** `value` is the DER inside `[0]`. */
  | { readonly type: 'otherName'; readonly typeId: string; readonly value: Uint8Array }
  | { readonly type: 'rfc822Name' | 'dNSName' | 'uniformResourceIdentifier'; readonly value: string }
  | { readonly type: 'directoryName'; readonly value: Name }
  /** 4 or 16 octets; address and mask, 8 or 32, in name constraints. */
  | { readonly type: 'iPAddress'; readonly value: Uint8Array }
  | { readonly type: 'registeredID'; readonly value: string }
  /** The whole TLV: these forms are carried, not understood. */
  | { readonly type: 'x400Address' | 'ediPartyName'; readonly value: Uint8Array };

export type GeneralNames = readonly GeneralName[];

export function readGeneralName(reader: DerReader): GeneralName {
  const tag = reader.peek();
  switch (tag) {
    case contextConstructed(0): {
      const fields = reader.constructed(tag);
      const typeId = fields.oid();
      const inner = fields.explicit(0);
      const value = inner.element();
      inner.finish();
      fields.finish();
      return { type: 'otherName', typeId, value };
    }
    case contextPrimitive(1):
      return { type: 'rfc822Name', value: readIa5(reader, tag) };
    case contextPrimitive(2):
      return { type: 'dNSName', value: readIa5(reader, tag) };
    case contextConstructed(3):
      return { type: 'x400Address', value: reader.element() };
    case contextConstructed(4): {
      const inner = reader.constructed(tag);
      const value = readName(inner);
      inner.finish();
      return { type: 'directoryName', value };
    }
    case contextConstructed(5):
      return { type: 'ediPartyName', value: reader.element() };
    case contextPrimitive(6):
      return { type: 'uniformResourceIdentifier', value: readIa5(reader, tag) };
    case contextPrimitive(7):
      return { type: 'iPAddress', value: reader.octetString(tag) };
    case contextPrimitive(8):
      return { type: 'registeredID', value: reader.oid(tag) };
    default:
      throw new Asn1Error(
        'CRYPT_E_ASN1_CHOICE',
        reader.offset,
        tag < 0 ? 'GeneralName expected, data ends' : `${formatTag(tag)} is no GeneralName`,
      );
  }
}

function readIa5(reader: DerReader, tag: number): string {
  const at = reader.offset;
  const content = reader.content(tag);
  let text = '';
  for (const octet of content) {
    if (octet > 0x7f) throw new Asn1Error('CRYPT_E_INVALID_IA5_STRING', at, 'Byte over 7F in an IA5String');
    text += String.fromCharCode(octet);
  }
  return text;
}

/** Throws CRYPT_E_INVALID_IA5_STRING for text outside ASCII: an internationalised name comes here in its ASCII form. */
export function generalName(name: GeneralName): Der {
  switch (name.type) {
    case 'otherName':
      return implicit(0, sequence(oid(name.typeId), explicit(0, name.value)));
    case 'rfc822Name':
      return ia5(1, name.value);
    case 'dNSName':
      return ia5(2, name.value);
    case 'uniformResourceIdentifier':
      return ia5(6, name.value);
    case 'directoryName':
      return explicit(4, name.value.raw);
    case 'iPAddress':
      return implicit(7, octetString(name.value));
    case 'registeredID':
      return implicit(8, oid(name.value));
    case 'x400Address':
    case 'ediPartyName':
      return name.value;
  }
}

function ia5(tag: number, text: string): DerNode {
  if (!isIa5String(text)) throw hresult('CRYPT_E_INVALID_IA5_STRING', `"${text}".`);
  return implicit(tag, ia5String(text));
}

/** `GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName`. */
export function readGeneralNames(reader: DerReader, tag: number = TAG.SEQUENCE): GeneralName[] {
  const names = reader.constructed(tag);
  return [readGeneralName(names), ...readAll(names, readGeneralName)];
}

export function generalNames(names: GeneralNames): DerNode {
  return sequenceOf(names.map(generalName));
}

/** `szOID_NT_PRINCIPAL_NAME`, MS-WCCE 2.2.2.7.5. */
export function userPrincipalName(upn: string): GeneralName {
  return { type: 'otherName', typeId: szOID_NT_PRINCIPAL_NAME, value: encodeDer(utf8String(upn)) };
}

/** `szOID_NTDS_REPLICATION`, MS-WCCE 2.2.2.7.6; 16 bytes in the order of the directory attribute. */
export function directoryGuid(objectGUID: Uint8Array): GeneralName {
  return { type: 'otherName', typeId: szOID_NTDS_REPLICATION, value: encodeDer(octetString(objectGUID)) };
}

/** The first user principal name of a subjectAltName. Throws Asn1Error where its value is no string. */
export function findUserPrincipalName(names: GeneralNames): string | undefined {
  for (const name of names) {
    if (name.type === 'otherName' && name.typeId === szOID_NT_PRINCIPAL_NAME) {
      return decodeWhole(name.value, (reader) => reader.string());
    }
  }
  return undefined;
}
