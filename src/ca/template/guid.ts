/** GUIDs as text and as the mixed-endian octets Windows stores. MS-DTYP 2.3.4. */
import { hresult } from '#hresult/hresult-error';
import { formatHex, parseHex } from '#pki/asn1/bytes';

/** Where the octets of the text form stand in the stored form. */
const ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** Lower case, without braces. Throws ERROR_INVALID_DATA for another length than 16. */
export function decodeGuid(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw hresult('ERROR_INVALID_DATA', `a GUID of ${bytes.length} octets`);
  const hex = formatHex(Uint8Array.from(ORDER, (at) => bytes[at]!));
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** With or without braces. Throws ERROR_INVALID_PARAMETER. */
export function encodeGuid(text: string): Uint8Array {
  const bare = text.replace(/^\{(.*)\}$/, '$1');
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(bare))
    throw hresult('ERROR_INVALID_PARAMETER', `"${text}" is no GUID`);
  const inOrder = parseHex(bare.replaceAll('-', ''));
  // The order is its own inverse.
  return Uint8Array.from(ORDER, (at) => inOrder[at]!);
}
