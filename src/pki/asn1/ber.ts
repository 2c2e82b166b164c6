/**
 * BER to DER, for what old clients and streaming encoders send: indefinite lengths, constructed strings, padded
 * lengths. What is DER already is answered as it is, without a copy.
 */
import { Asn1Error } from './asn1-error.ts';
import { constructed, type Der, encodeDer, primitive } from './der-writer.ts';
import { CONSTRUCTED, TAG } from './tag.ts';

const MAX_DEPTH = 64;
const MAX_NODES = 2_000_000;

interface Scan {
  nodes: number;
}

export interface BerHeader {
  tag: number;
  start: number;
  /** -1 for an indefinite length. */
  length: number;
  minimal: boolean;
}

/** Tag and length at `at`, in any form BER allows. Throws Asn1Error. */
export function readBerHeader(bytes: Uint8Array, at: number, end: number): BerHeader {
  if (at + 2 > end) throw new Asn1Error('CRYPT_E_ASN1_EOD', at, 'Data ends inside a header');
  let tag = bytes[at++]!;
  // X.690 §8.1.5: tag 0 is end-of-contents and nothing else; who may meet it looks for it first.
  if (tag === 0) throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', at - 1, 'End of contents where none is due');
  if ((tag & 0x1f) === 0x1f) {
    let number = 0;
    let octet: number;
    do {
      if (at >= end) throw new Asn1Error('CRYPT_E_ASN1_EOD', at, 'Data ends inside a tag');
      octet = bytes[at++]!;
      number = (number << 7) | (octet & 0x7f);
      if (number > 0x1fffff) throw new Asn1Error('CRYPT_E_ASN1_LARGE', at - 1, 'Tag number over 21 bits');
    } while (octet & 0x80);
    tag |= number << 8;
  }
  if (at >= end) throw new Asn1Error('CRYPT_E_ASN1_EOD', at, 'Data ends before a length');
  const first = bytes[at++]!;
  if (first < 0x80) return { tag, start: at, length: first, minimal: true };
  if (first === 0x80) return { tag, start: at, length: -1, minimal: false };
  const count = first & 0x7f;
  if (at + count > end) throw new Asn1Error('CRYPT_E_ASN1_EOD', at, 'Data ends inside a length');
  let length = 0;
  for (let i = 0; i < count; i++) {
    length = length * 256 + bytes[at + i]!;
    if (length > 0xffffffff) throw new Asn1Error('CRYPT_E_ASN1_LARGE', at, 'Length over four bytes');
  }
  return { tag, start: at + count, length, minimal: length >= 0x80 && bytes[at] !== 0 };
}

function checkLength(h: BerHeader, end: number, at: number): void {
  if (h.length > end - h.start)
    throw new Asn1Error('CRYPT_E_ASN1_EOD', at, `${h.length} bytes announced, ${end - h.start} left`);
}

/** True where every header is definite and minimal, no string is constructed and no TRUE has another value than FF. */
function isDefinite(bytes: Uint8Array, at: number, end: number, depth: number): boolean {
  while (at < end) {
    const h = readBerHeader(bytes, at, end);
    if (h.length < 0 || !h.minimal || isConstructedString(h.tag)) return false;
    checkLength(h, end, at);
    if (h.tag & CONSTRUCTED) {
      if (depth > MAX_DEPTH) throw new Asn1Error('CRYPT_E_ASN1_LARGE', at, `Nested over ${MAX_DEPTH} deep`);
      if (!isDefinite(bytes, h.start, h.start + h.length, depth + 1)) return false;
    } else if (h.tag === TAG.BOOLEAN && h.length === 1 && bytes[h.start] !== 0 && bytes[h.start] !== 0xff) return false;
    at = h.start + h.length;
  }
  return true;
}

function isConstructedString(tag: number): boolean {
  if (tag >> 6 !== 0 || !(tag & CONSTRUCTED)) return false;
  const number = tag & 0x1f;
  return number !== (TAG.SEQUENCE & 0x1f) && number !== (TAG.SET & 0x1f) && number !== 8 && number !== 11;
}

/** Joins the segments of a constructed string; answers its content octets. */
function joinSegments(children: readonly Der[], tag: number, at: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const child of children) {
    if (child instanceof Uint8Array || child.tag !== tag || !(child.content instanceof Uint8Array)) {
      throw new Asn1Error('CRYPT_E_ASN1_BADTAG', at, 'Segment of another type inside a constructed string');
    }
    parts.push(child.content);
  }
  const isBits = tag === TAG.BIT_STRING;
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length - (isBits ? 1 : 0), isBits ? 1 : 0));
  let offset = isBits ? 1 : 0;
  for (const [index, part] of parts.entries()) {
    if (isBits) {
      if (part.length === 0 || (part[0] !== 0 && index < parts.length - 1)) {
        throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', at, 'Bad segment of a BIT STRING');
      }
      out[0] = part[0]!;
    }
    const content = isBits ? part.subarray(1) : part;
    out.set(content, offset);
    offset += content.length;
  }
  return out;
}

function convert(bytes: Uint8Array, at: number, end: number, depth: number, scan: Scan): [der: Der, next: number] {
  if (depth > MAX_DEPTH) throw new Asn1Error('CRYPT_E_ASN1_LARGE', at, `Nested over ${MAX_DEPTH} deep`);
  if (++scan.nodes > MAX_NODES) throw new Asn1Error('CRYPT_E_ASN1_LARGE', at, `Over ${MAX_NODES} elements`);
  const h = readBerHeader(bytes, at, end);
  if (!(h.tag & CONSTRUCTED)) {
    if (h.length < 0) throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', at, 'Indefinite length of a primitive');
    checkLength(h, end, at);
    const content = bytes.subarray(h.start, h.start + h.length);
    // X.690 §11.1: any octet but 00 is TRUE in BER.
    if (h.tag === TAG.BOOLEAN && content.length === 1 && content[0] !== 0) {
      return [primitive(h.tag, Uint8Array.of(0xff)), h.start + h.length];
    }
    return [primitive(h.tag, content), h.start + h.length];
  }
  checkLength(h, end, at);
  const children: Der[] = [];
  let next = h.start;
  const stop = h.length < 0 ? end : h.start + h.length;
  for (;;) {
    if (h.length >= 0 && next >= stop) break;
    if (h.length < 0) {
      if (next + 2 > stop) throw new Asn1Error('CRYPT_E_ASN1_EOD', next, 'No end of contents');
      if (bytes[next] === 0 && bytes[next + 1] === 0) {
        next += 2;
        break;
      }
    }
    const [child, after] = convert(bytes, next, stop, depth + 1, scan);
    children.push(child);
    next = after;
  }
  if (isConstructedString(h.tag)) {
    const tag = h.tag & ~CONSTRUCTED;
    return [primitive(tag, joinSegments(children, tag, at)), next];
  }
  return [constructed(h.tag, children), next];
}

/**
 * The DER of one BER value. `[0] IMPLICIT OCTET STRING` in segments (CMS encryptedContent) keeps its constructed form,
 * because the tag does not tell its type: its reader joins the segments.
 * Throws Asn1Error; bytes after the value are an error too.
 */
export function toDer(bytes: Uint8Array): Uint8Array {
  const first = readBerHeader(bytes, 0, bytes.length);
  const end = first.length < 0 ? bytes.length : first.start + first.length;
  if (end < bytes.length) throw new Asn1Error('CRYPT_E_ASN1_NOEOD', end, `${bytes.length - end} bytes too many`);
  if (isDefinite(bytes, 0, bytes.length, 0)) return bytes;
  const [der, next] = convert(bytes, 0, bytes.length, 0, { nodes: 0 });
  if (next !== bytes.length) throw new Asn1Error('CRYPT_E_ASN1_NOEOD', next, `${bytes.length - next} bytes too many`);
  return encodeDer(der);
}
