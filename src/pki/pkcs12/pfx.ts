import { hresult } from '#hresult/hresult-error';
import { toDer } from '../asn1/ber.ts';
import { decodeWhole, readAll } from '../asn1/decode-whole.ts';
import { encodeDer, explicit, integer, octetString, oid, sequence, sequenceOf } from '../asn1/der-writer.ts';
import { id_data, id_encryptedData } from '../asn1/oid-table.ts';
import { type ContentInfo, readContentInfo } from '../cms/content-info.ts';
import { type EncryptedContentInfo, encryptedContentInfo, readEncryptedContentInfo } from '../cms/enveloped-data.ts';
import { type MacData, macData, readMacData } from './mac.ts';

/**
 * `PFX`, RFC 7292 §4.
 *
 * ```asn1
 * PFX ::= SEQUENCE { version INTEGER { v3(3) }, authSafe ContentInfo, macData MacData OPTIONAL }
 * ```
 */
export interface PFX {
  readonly authSafe: ContentInfo;
  readonly macData: MacData | undefined;
}

/** DER or BER. Throws ERROR_INVALID_DATA for another version, Asn1Error. */
export function decodePfx(bytes: Uint8Array): PFX {
  return decodeWhole(toDer(bytes), (reader) => {
    const fields = reader.sequence();
    const version = fields.smallInteger();
    if (version !== 3) throw hresult('ERROR_INVALID_DATA', `A PFX of version ${version}.`);
    const authSafe = readContentInfo(fields);
    const mac = fields.atEnd ? undefined : readMacData(fields);
    fields.finish();
    return { authSafe, macData: mac };
  });
}

export function encodePfx({ authSafe, macData: mac }: PFX): Uint8Array {
  return encodeDer(sequence(integer(3), contentInfo(authSafe), mac && macData(mac)));
}

function contentInfo({ contentType, content }: ContentInfo) {
  return sequence(oid(contentType), explicit(0, content));
}

/** The octets of a `data` content. Throws ERROR_NOT_SUPPORTED for the public-key modes of RFC 7292 §3.1. */
export function dataOctets({ contentType, content }: ContentInfo): Uint8Array {
  if (contentType !== id_data) {
    throw hresult('ERROR_NOT_SUPPORTED', `The PFX holds ${contentType} where data is expected.`, {
      hint: 'Only files that a password protects are read.',
    });
  }
  return decodeWhole(content, (reader) => reader.octetString());
}

export function dataContentInfo(octets: Uint8Array): ContentInfo {
  return { contentType: id_data, content: encodeDer(octetString(octets)) };
}

/**
 * `AuthenticatedSafe ::= SEQUENCE OF ContentInfo`, RFC 7292 §4.1: each `data` in clear, `encryptedData` under the password.
 * DER or BER. Throws Asn1Error.
 */
export function decodeAuthenticatedSafe(bytes: Uint8Array): ContentInfo[] {
  return decodeWhole(toDer(bytes), (reader) => readAll(reader.sequence(), readContentInfo));
}

export function encodeAuthenticatedSafe(safes: readonly ContentInfo[]): Uint8Array {
  return encodeDer(sequenceOf(safes.map(contentInfo)));
}

/**
 * The EncryptedContentInfo of an `encryptedData` (RFC 5652 §8); undefined for another content type. Attributes beside it
 * are not looked at.
 */
export function decodeEncryptedData({ contentType, content }: ContentInfo): EncryptedContentInfo | undefined {
  if (contentType !== id_encryptedData) return undefined;
  return decodeWhole(content, (reader) => {
    const fields = reader.sequence();
    fields.smallInteger();
    return readEncryptedContentInfo(fields.sequence());
  });
}

export function encryptedDataContentInfo(value: EncryptedContentInfo): ContentInfo {
  // RFC 5652 §8: version 0 without unprotected attributes.
  return { contentType: id_encryptedData, content: encodeDer(sequence(integer(0), encryptedContentInfo(value))) };
}
