/**
 * DER out of small value nodes: lengths are summed while the nodes are made, so one buffer is filled in one pass.
 * A `Uint8Array` among the children is a TLV that is already encoded and is copied as it is.
 */
import type { BitString } from './der-reader.ts';
import { encodeOid } from './object-identifier.ts';
import { encodeBmp, encodeLatin1, isIa5String, isPrintableString } from './strings.ts';
import { contextConstructed, TAG } from './tag.ts';
import { formatGeneralizedTime, formatUtcTime } from './time.ts';

export interface DerNode {
  readonly tag: number;
  /** Bytes of content. */
  readonly length: number;
  readonly content: Uint8Array | readonly Der[];
}

export type Der = DerNode | Uint8Array;

function lengthSize(length: number): number {
  return length < 0x80 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : length < 0x1000000 ? 4 : 5;
}

function tagSize(tag: number): number {
  if (tag < 0x100) return 1;
  const number = tag >>> 8;
  return number < 0x80 ? 2 : number < 0x4000 ? 3 : 4;
}

/** Bytes of the whole TLV. */
export function derLength(der: Der): number {
  return der instanceof Uint8Array ? der.length : tagSize(der.tag) + lengthSize(der.length) + der.length;
}

/** Writes tag and length at `at`; answers where the content begins. */
export function writeHeader(out: Uint8Array, at: number, tag: number, length: number): number {
  out[at++] = tag & 0xff;
  if (tag >= 0x100) {
    const number = tag >>> 8;
    for (let shift = (tagSize(tag) - 2) * 7; shift >= 0; shift -= 7)
      out[at++] = ((number >>> shift) & 0x7f) | (shift > 0 ? 0x80 : 0);
  }
  if (length < 0x80) {
    out[at++] = length;
    return at;
  }
  const count = lengthSize(length) - 1;
  out[at++] = 0x80 | count;
  for (let i = count - 1; i >= 0; i--) out[at++] = Math.floor(length / 2 ** (8 * i)) & 0xff;
  return at;
}

/** The header alone, for writers that stream the content after it. */
export function encodeHeader(tag: number, length: number): Uint8Array {
  const out = new Uint8Array(tagSize(tag) + lengthSize(length));
  writeHeader(out, 0, tag, length);
  return out;
}

function write(der: Der, out: Uint8Array, at: number): number {
  if (der instanceof Uint8Array) {
    out.set(der, at);
    return at + der.length;
  }
  at = writeHeader(out, at, der.tag, der.length);
  if (der.content instanceof Uint8Array) {
    out.set(der.content, at);
    return at + der.content.length;
  }
  for (const child of der.content) at = write(child, out, at);
  return at;
}

export function encodeDer(der: Der): Uint8Array {
  if (der instanceof Uint8Array) return der;
  const out = new Uint8Array(derLength(der));
  write(der, out, 0);
  return out;
}

/** A primitive TLV. */
export function primitive(tag: number, content: Uint8Array): DerNode {
  return { tag, length: content.length, content };
}

/** A constructed TLV; absent optional fields may be passed as undefined. */
export function constructed(tag: number, children: readonly (Der | undefined)[]): DerNode {
  const present = children.filter((child) => child !== undefined);
  let length = 0;
  for (const child of present) length += derLength(child);
  return { tag, length, content: present };
}

export function sequence(...children: (Der | undefined)[]): DerNode {
  return constructed(TAG.SEQUENCE, children);
}

export function sequenceOf(children: readonly Der[]): DerNode {
  return constructed(TAG.SEQUENCE, children);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** The children in the order X.690 §11.6 gives a SET OF. */
export function sortSetOf(children: readonly Der[]): Der[] {
  return children.length < 2 ? [...children] : children.map(encodeDer).sort(compareBytes);
}

export function setOf(children: readonly Der[]): DerNode {
  return constructed(TAG.SET, sortSetOf(children));
}

/** A SET whose members keep the order they are given in: to write again what somebody else's encoder wrote. */
export function setInOrder(children: readonly Der[]): DerNode {
  return constructed(TAG.SET, children);
}

export function explicit(n: number, child: Der): DerNode {
  return constructed(contextConstructed(n), [child]);
}

/** `[n] IMPLICIT`: the same content under the tag `[n]`, primitive or constructed as it was. */
export function implicit(n: number, node: DerNode): DerNode {
  return { ...node, tag: (contextConstructed(n) & ~0x20) | (node.tag & 0x20) };
}

export function boolean(value: boolean): DerNode {
  return primitive(TAG.BOOLEAN, Uint8Array.of(value ? 0xff : 0));
}

/** An INTEGER from a number, a bigint, or two's complement octets as `integerBytes` reads them. */
export function integer(value: number | bigint | Uint8Array, tag: number = TAG.INTEGER): DerNode {
  return primitive(tag, value instanceof Uint8Array ? value : integerContent(BigInt(value)));
}

function integerContent(value: bigint): Uint8Array {
  let length = 1;
  for (let rest = value < 0n ? -value - 1n : value; rest >= 0x80n; rest >>= 8n) length++;
  const bytes = new Uint8Array(length);
  let rest = BigInt.asUintN(length * 8, value);
  for (let i = length - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** An INTEGER from the big-endian octets of a number that is not negative, whatever their padding. */
export function unsignedInteger(magnitude: Uint8Array): DerNode {
  let start = 0;
  while (start < magnitude.length - 1 && magnitude[start] === 0) start++;
  const bare = magnitude.subarray(start);
  if (bare.length === 0) return primitive(TAG.INTEGER, Uint8Array.of(0));
  if (bare[0]! < 0x80) return primitive(TAG.INTEGER, bare);
  const padded = new Uint8Array(bare.length + 1);
  padded.set(bare, 1);
  return primitive(TAG.INTEGER, padded);
}

export function enumerated(value: number): DerNode {
  return integer(value, TAG.ENUMERATED);
}

export function oid(text: string): DerNode {
  return primitive(TAG.OBJECT_IDENTIFIER, encodeOid(text));
}

export function nullValue(): DerNode {
  return primitive(TAG.NULL, new Uint8Array(0));
}

export function octetString(content: Uint8Array): DerNode {
  return primitive(TAG.OCTET_STRING, content);
}

/** An OCTET STRING that holds the encoding of another value. */
export function octetStringOf(child: Der): DerNode {
  return constructed(TAG.OCTET_STRING, [child]);
}

export function bitString(bytes: Uint8Array, unusedBits = 0): DerNode {
  const content = new Uint8Array(bytes.length + 1);
  content[0] = unusedBits;
  content.set(bytes, 1);
  return primitive(TAG.BIT_STRING, content);
}

/** A named-bit list such as KeyUsage: trailing zero bits do not stand (X.690 §11.2.2). */
export function namedBits(bits: BitString): DerNode {
  let length = bits.bytes.length;
  while (length > 0 && bits.bytes[length - 1] === 0) length--;
  if (length === 0) return bitString(new Uint8Array(0));
  let unused = 0;
  while (((bits.bytes[length - 1]! >> unused) & 1) === 0) unused++;
  return bitString(bits.bytes.subarray(0, length), unused);
}

const UTF8 = new TextEncoder();

export function utf8String(text: string): DerNode {
  return primitive(TAG.UTF8_STRING, UTF8.encode(text));
}

export function printableString(text: string): DerNode {
  if (!isPrintableString(text)) throw new RangeError('character outside PrintableString');
  return primitive(TAG.PRINTABLE_STRING, encodeLatin1(text));
}

export function ia5String(text: string): DerNode {
  if (!isIa5String(text)) throw new RangeError('character outside IA5String');
  return primitive(TAG.IA5_STRING, encodeLatin1(text));
}

export function bmpString(text: string): DerNode {
  return primitive(TAG.BMP_STRING, encodeBmp(text));
}

export function utcTime(date: Date): DerNode {
  return primitive(TAG.UTC_TIME, encodeLatin1(formatUtcTime(date)));
}

export function generalizedTime(date: Date): DerNode {
  return primitive(TAG.GENERALIZED_TIME, encodeLatin1(formatGeneralizedTime(date)));
}

/** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050. */
export function time(date: Date): DerNode {
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050 ? utcTime(date) : generalizedTime(date);
}
