import { Asn1Error } from './asn1-error.ts';
import { TAG } from './tag.ts';

const utf8Strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/** Text of a character string's content octets. TeletexString is read as Latin-1, as Windows and OpenSSL do. */
export function decodeString(tag: number, bytes: Uint8Array, start: number, end: number): string {
  switch (tag & 0x1f) {
    case TAG.UTF8_STRING:
      try {
        return utf8Strict.decode(bytes.subarray(start, end));
      } catch {
        throw new Asn1Error('CRYPT_E_ASN1_UTF8', start, 'Bad UTF-8');
      }
    case TAG.BMP_STRING: {
      if ((end - start) % 2 !== 0) throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', start, 'BMPString of odd length');
      let text = '';
      for (let i = start; i < end; i += 2) text += String.fromCharCode((bytes[i]! << 8) | bytes[i + 1]!);
      return text;
    }
    case TAG.UNIVERSAL_STRING: {
      if ((end - start) % 4 !== 0) throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', start, 'UniversalString of odd length');
      let text = '';
      for (let i = start; i < end; i += 4) {
        const point = bytes[i]! * 0x1000000 + ((bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!);
        if (point > 0x10ffff) throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', i, 'No such character');
        text += String.fromCodePoint(point);
      }
      return text;
    }
    default:
      return latin1(bytes, start, end);
  }
}

/** X.680 §41.4: the characters of PrintableString. */
export function isPrintableString(text: string): boolean {
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text);
}

export function isIa5String(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

export function encodeBmp(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[2 * i] = unit >> 8;
    bytes[2 * i + 1] = unit & 0xff;
  }
  return bytes;
}

export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0xff) throw new RangeError('character outside the string type');
    bytes[i] = unit;
  }
  return bytes;
}
