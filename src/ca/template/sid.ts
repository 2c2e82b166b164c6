/** Security identifiers as text and bytes. MS-DTYP 2.4.2. */
import { hresult } from '#hresult/hresult-error';

const LARGEST_AUTHORITY = 0xffffffffffffn;

/** The octets a SID takes at `at`, without looking at more than its header. Throws ERROR_INVALID_DATA. */
export function sidLength(bytes: Uint8Array, at: number): number {
  const count = bytes[at + 1];
  if (bytes[at] !== 1 || count === undefined || count > 15)
    throw hresult('ERROR_INVALID_DATA', `no security identifier at offset ${at}`);
  const length = 8 + 4 * count;
  if (at + length > bytes.length)
    throw hresult('ERROR_INVALID_DATA', `the security identifier at offset ${at} is cut off`);
  return length;
}

/** `S-1-5-32-544`. Throws ERROR_INVALID_DATA where the bytes are no SID or go on after it. */
export function decodeSid(bytes: Uint8Array): string {
  if (sidLength(bytes, 0) !== bytes.length) throw hresult('ERROR_INVALID_DATA', 'bytes follow the security identifier');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const authority = BigInt(view.getUint16(2)) * 0x100000000n + BigInt(view.getUint32(4));
  // MS-DTYP 2.4.2.1: authorities of 2^32 and more are written in hexadecimal.
  let text = `S-1-${authority < 0x100000000n ? authority : `0x${authority.toString(16).padStart(12, '0').toUpperCase()}`}`;
  for (let at = 8; at < bytes.length; at += 4) text += `-${view.getUint32(at, true)}`;
  return text;
}

/** Authority and sub-authorities of a SID's text; undefined where it is none. */
function partsOf(text: string): { authority: bigint; subAuthorities: number[] } | undefined {
  const match = /^S-1-(0x[0-9A-F]{1,12}|[0-9]{1,15})((?:-[0-9]{1,10}){0,15})$/i.exec(text);
  if (!match) return undefined;
  const authority = BigInt(match[1]!);
  const subAuthorities = match[2]!.split('-').slice(1).map(Number);
  if (authority > LARGEST_AUTHORITY || subAuthorities.some((value) => value > 0xffffffff)) return undefined;
  return { authority, subAuthorities };
}

export function isSid(text: string): boolean {
  return partsOf(text) !== undefined;
}

/** Throws ERROR_INVALID_PARAMETER where the text is no SID. */
export function encodeSid(text: string): Uint8Array {
  const parts = partsOf(text);
  if (!parts) throw hresult('ERROR_INVALID_PARAMETER', `"${text}" is no security identifier`);
  const bytes = new Uint8Array(8 + 4 * parts.subAuthorities.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 1;
  bytes[1] = parts.subAuthorities.length;
  view.setUint16(2, Number(parts.authority >> 32n));
  view.setUint32(4, Number(parts.authority & 0xffffffffn));
  for (const [index, value] of parts.subAuthorities.entries()) view.setUint32(8 + 4 * index, value, true);
  return bytes;
}
