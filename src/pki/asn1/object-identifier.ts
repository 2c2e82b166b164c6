import { Asn1Error } from './asn1-error.ts';

const decoded = new Map<string, string>();
const encoded = new Map<string, Uint8Array>();
// Both caches only save work; unknown identifiers from outside must not make them grow without end.
const CACHE_LIMIT = 4096;

/** Content octets of an OBJECT IDENTIFIER as dotted text. X.690 §8.19. Throws Asn1Error on a malformed value. */
export function decodeOid(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let key = '';
  for (let i = start; i < end; i++) key += String.fromCharCode(bytes[i]!);
  const known = decoded.get(key);
  if (known !== undefined) return known;
  const fault = oidFault(bytes, start, end);
  if (fault) throw fault;
  let text = '';
  let arc = 0n;
  let first = true;
  for (let i = start; i < end; i++) {
    const octet = bytes[i]!;
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if (octet & 0x80) continue;
    if (first) {
      const top = arc < 40n ? 0n : arc < 80n ? 1n : 2n;
      text = `${top}.${arc - top * 40n}`;
      first = false;
    } else text += `.${arc}`;
    arc = 0n;
  }
  if (decoded.size < CACHE_LIMIT) decoded.set(key, text);
  return text;
}

/** What is wrong with the content octets of an OBJECT IDENTIFIER; undefined where they hold together. */
export function oidFault(bytes: Uint8Array, start: number, end: number): Asn1Error | undefined {
  if (end === start) return new Asn1Error('CRYPT_E_ASN1_CORRUPT', start, 'Empty OBJECT IDENTIFIER');
  if (end - start > 256) return new Asn1Error('CRYPT_E_ASN1_LARGE', start, 'OBJECT IDENTIFIER over 256 bytes');
  if (bytes[end - 1]! & 0x80) return new Asn1Error('CRYPT_E_ASN1_CORRUPT', end - 1, 'Unfinished arc');
  let isLeading = true;
  for (let i = start; i < end; i++) {
    // X.690 §8.19.2: the leading octet of an arc is never 0x80.
    if (isLeading && bytes[i] === 0x80) return new Asn1Error('CRYPT_E_ASN1_CORRUPT', i, 'Padded arc');
    isLeading = (bytes[i]! & 0x80) === 0;
  }
  return undefined;
}

/** True for dotted text with at least two arcs that X.660 allows. */
export function isOid(text: string): boolean {
  return /^(?:[01]\.(?:[0-9]|[1-3][0-9])|2\.(?:0|[1-9][0-9]*))(?:\.(?:0|[1-9][0-9]*))*$/.test(text);
}

/** Content octets of dotted text. Throws TypeError where the text is no object identifier: check user input with isOid. */
export function encodeOid(text: string): Uint8Array {
  const known = encoded.get(text);
  if (known) return known;
  if (!isOid(text)) throw new TypeError(`not an object identifier: ${text}`);
  const arcs = text.split('.').map(BigInt);
  const octets: number[] = [];
  for (const arc of [arcs[0]! * 40n + arcs[1]!, ...arcs.slice(2)]) {
    const at = octets.length;
    let rest = arc;
    do {
      octets.splice(at, 0, Number(rest & 0x7fn) | (octets.length > at ? 0x80 : 0));
      rest >>= 7n;
    } while (rest > 0n);
  }
  const bytes = Uint8Array.from(octets);
  if (encoded.size < CACHE_LIMIT) encoded.set(text, bytes);
  return bytes;
}
