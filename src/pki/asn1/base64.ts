/** Base 64 of RFC 4648 §4, strict: the platform's own decoders skip what does not belong. */
import { hresult } from '#hresult/hresult-error';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const PAD = 0x3d;
/** Value of an ASCII character; 64 for blanks and line ends, 255 for what does not belong. */
const VALUES = new Uint8Array(128).fill(255);
for (const [value, code] of CODES.entries()) VALUES[code] = value;
for (const blank of ' \t\r\n') VALUES[blank.charCodeAt(0)] = 64;

/** Without line breaks. */
export function encodeBase64(bytes: Uint8Array): string {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let to = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = (bytes[i]! << 16) | ((left > 1 ? bytes[i + 1]! : 0) << 8) | (left > 2 ? bytes[i + 2]! : 0);
    out[to++] = CODES[group >> 18]!;
    out[to++] = CODES[(group >> 12) & 63]!;
    out[to++] = left > 1 ? CODES[(group >> 6) & 63]! : PAD;
    out[to++] = left > 2 ? CODES[group & 63]! : PAD;
  }
  return new TextDecoder().decode(out);
}

/**
 * Blanks and line ends may stand anywhere; everything else is strict: whole groups of four, padding only at the end, no
 * stray bits under the padding (RFC 4648 §3.5). Throws ERROR_INVALID_DATA.
 */
export function decodeBase64(text: string): Uint8Array {
  const out = new Uint8Array(Math.ceil((text.length * 3) / 4));
  let length = 0;
  let group = 0;
  let digits = 0;
  let pads = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === PAD) {
      pads++;
      continue;
    }
    const value = code < 128 ? VALUES[code]! : 255;
    if (value === 64) continue;
    if (value === 255) throw hresult('ERROR_INVALID_DATA', `Character ${i} is not of base 64.`);
    if (pads > 0) throw hresult('ERROR_INVALID_DATA', `Base 64 goes on after its padding, at character ${i}.`);
    group = (group << 6) | value;
    if (++digits % 4 === 0) {
      out[length++] = group >> 16;
      out[length++] = (group >> 8) & 0xff;
      out[length++] = group & 0xff;
      group = 0;
    }
  }
  const rest = digits % 4;
  if (rest === 1 || pads !== (rest === 0 ? 0 : 4 - rest)) throw hresult('ERROR_INVALID_DATA', 'Base 64 is cut off.');
  if (rest > 0) {
    group <<= 6 * (4 - rest);
    if (group & (rest === 2 ? 0xffff : 0xff))
      throw hresult('ERROR_INVALID_DATA', 'Base 64 has bits under its padding.');
    out[length++] = group >> 16;
    if (rest === 3) out[length++] = (group >> 8) & 0xff;
  }
  return out.subarray(0, length);
}
