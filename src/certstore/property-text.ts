import { hresult } from '#hresult/hresult-error';

/** UTF-16LE with a terminating NUL, as Windows keeps all text of certificate properties. */
export function encodeText(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(`${text}\0`, 'utf16le'));
}

/** From `offset` to the NUL, or to the end where it is missing. Throws ERROR_INVALID_DATA for an offset outside. */
export function decodeText(bytes: Uint8Array, offset = 0): string {
  if (offset > bytes.length) throw hresult('ERROR_INVALID_DATA', 'A name of the property lies outside it.');
  let end = offset;
  while (end + 1 < bytes.length && (bytes[end] !== 0 || bytes[end + 1] !== 0)) end += 2;
  return new TextDecoder('utf-16le', { ignoreBOM: true }).decode(bytes.subarray(offset, end));
}
