/** The bytes of a text file: UTF-8, or little-endian UTF-16 after a byte order mark, as -UnicodeText asks for. */
export function encodeText(text: string, isUnicode: boolean): Uint8Array {
  if (!isUnicode) return new TextEncoder().encode(text);
  const marked = `\u{feff}${text}`;
  const bytes = new Uint8Array(2 * marked.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < marked.length; i++) view.setUint16(2 * i, marked.charCodeAt(i), true);
  return bytes;
}
