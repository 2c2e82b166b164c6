/**
 * A whole encoding as a tree of nodes with their offsets: for people who look at it, not for reading messages. BER is
 * shown as it stands, indefinite lengths and segments too.
 */
import { Asn1Error } from './asn1-error.ts';
import { readBerHeader } from './ber.ts';
import { DerReader } from './der-reader.ts';
import { CONSTRUCTED, TAG } from './tag.ts';

export interface Asn1Node {
  /** Identifier octets as `TAG` holds them. */
  readonly tag: number;
  /** Of the first identifier octet, counted from the first byte of the tree. */
  readonly offset: number;
  readonly headerLength: number;
  /** True where the length is indefinite and the content ends in end-of-contents octets, which `content` leaves out. */
  readonly isIndefinite: boolean;
  /** A view of the content octets. */
  readonly content: Uint8Array;
  /** Of a constructed node, or what a primitive OCTET STRING or BIT STRING encapsulates. */
  readonly children: readonly Asn1Node[] | undefined;
}

export interface TreeLimits {
  readonly depth: number;
  readonly nodes: number;
  /** Bytes. */
  readonly length: number;
}

/** A certificate has some 100 nodes, a CRL four an entry. */
const LIMITS: TreeLimits = { depth: 64, nodes: 500_000, length: 0x1000_0000 };

interface Source {
  readonly bytes: Uint8Array;
  readonly limits: TreeLimits;
  nodes: number;
}

/**
 * The tree of exactly one value. An OCTET STRING or BIT STRING whose whole content is DER of a universal type has that as
 * its child: extensions, eContent and public keys do; a digest that looks like DER by chance would too.
 * Throws Asn1Error where a header is malformed, bytes are left over or a limit is passed.
 */
export function decodeTree(bytes: Uint8Array, limits: Partial<TreeLimits> = {}): Asn1Node {
  const source: Source = { bytes, limits: { ...LIMITS, ...limits }, nodes: 0 };
  if (bytes.length > source.limits.length) {
    throw new Asn1Error('CRYPT_E_ASN1_LARGE', 0, `Over ${source.limits.length} bytes`);
  }
  const [root, next] = read(source, 0, bytes.length, 0);
  if (next !== bytes.length) throw new Asn1Error('CRYPT_E_ASN1_NOEOD', next, `${bytes.length - next} bytes too many`);
  return root;
}

function count(source: Source, at: number, depth: number): void {
  if (depth > source.limits.depth) {
    throw new Asn1Error('CRYPT_E_ASN1_LARGE', at, `Nested over ${source.limits.depth} deep`);
  }
  if (++source.nodes > source.limits.nodes) {
    throw new Asn1Error('CRYPT_E_ASN1_LARGE', at, `Over ${source.limits.nodes} elements`);
  }
}

function read(source: Source, at: number, end: number, depth: number): [node: Asn1Node, next: number] {
  count(source, at, depth);
  const { bytes } = source;
  const { tag, start, length } = readBerHeader(bytes, at, end);
  const isIndefinite = length < 0;
  if (isIndefinite && !(tag & CONSTRUCTED)) {
    throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', at, 'Indefinite length of a primitive');
  }
  if (length > end - start) {
    throw new Asn1Error('CRYPT_E_ASN1_EOD', at, `${length} bytes announced, ${end - start} left`);
  }
  const stop = isIndefinite ? end : start + length;
  const headerLength = start - at;
  if (!(tag & CONSTRUCTED)) {
    const children = readEncapsulated(source, tag, start, stop, depth + 1);
    return [{ tag, offset: at, headerLength, isIndefinite, content: bytes.subarray(start, stop), children }, stop];
  }
  const children: Asn1Node[] = [];
  let next = start;
  while (isIndefinite ? !isEndOfContents(bytes, next, stop) : next < stop) {
    const [child, after] = read(source, next, stop, depth + 1);
    children.push(child);
    next = after;
  }
  const content = bytes.subarray(start, next);
  return [{ tag, offset: at, headerLength, isIndefinite, content, children }, isIndefinite ? next + 2 : next];
}

function isEndOfContents(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 2 > end) throw new Asn1Error('CRYPT_E_ASN1_EOD', at, 'No end of contents');
  return bytes[at] === 0 && bytes[at + 1] === 0;
}

function readEncapsulated(
  source: Source,
  tag: number,
  start: number,
  stop: number,
  depth: number,
): Asn1Node[] | undefined {
  if (tag !== TAG.OCTET_STRING && tag !== TAG.BIT_STRING) return undefined;
  const at = tag === TAG.BIT_STRING ? start + 1 : start;
  if (at >= stop || (tag === TAG.BIT_STRING && source.bytes[start] !== 0)) return undefined;
  if (!isFilled(source.bytes, at, stop) || !isWholeDer(source, at, stop, depth)) return undefined;
  return [read(source, at, stop, depth)[0]];
}

/**
 * True where one value with a universal tag of one octet may fill `at` to `end`. Tells most strings that hold no DER
 * without raising an error, which costs more than all the rest.
 */
function isFilled(bytes: Uint8Array, at: number, end: number): boolean {
  const first = bytes[at + 1];
  if (bytes[at]! >> 6 !== 0 || first === undefined) return false;
  if (first < 0x80) return at + 2 + first === end;
  const start = at + 2 + (first & 0x7f);
  let length = 0;
  for (let i = at + 2; i < start && i < end; i++) length = length * 256 + bytes[i]!;
  return start + length === end;
}

/**
 * True where `at` to `end` is filled with DER values. Nothing is built yet, and the values inside strings are not looked
 * at, so each byte is seen at most once on each level it is encapsulated on.
 */
function isWholeDer(source: Source, at: number, end: number, depth: number): boolean {
  if (depth > source.limits.depth) return false;
  const reader = new DerReader(source.bytes, at, end);
  while (!reader.atEnd) {
    count(source, reader.offset, depth);
    const from = reader.offset;
    const tag = tryTag(reader);
    if (tag === undefined || !isKnownTag(tag)) return false;
    if (tag & CONSTRUCTED) {
      const { start } = readBerHeader(source.bytes, from, end);
      if (!isWholeDer(source, start, reader.offset, depth + 1)) return false;
    } else if (!isValidPrimitive(new DerReader(source.bytes, from, end), tag)) return false;
  }
  return true;
}

/** The tag of the next value, past which the reader then stands; undefined where it is no DER. */
function tryTag(reader: DerReader): number | undefined {
  try {
    const tag = reader.peek();
    reader.skip();
    return tag;
  } catch (error) {
    if (error instanceof Asn1Error) return undefined;
    throw error;
  }
}

const UNIVERSAL_TAGS: ReadonlySet<number> = new Set(Object.values(TAG));

/** The universal types in use, and any other class. */
function isKnownTag(tag: number): boolean {
  return (tag & 0xff) >> 6 !== 0 || UNIVERSAL_TAGS.has(tag);
}

function isValidPrimitive(reader: DerReader, tag: number): boolean {
  try {
    if (tag === TAG.BOOLEAN) reader.boolean();
    else if (tag === TAG.INTEGER || tag === TAG.ENUMERATED) reader.integerBytes(tag);
    else if (tag === TAG.BIT_STRING) reader.bitString();
    else if (tag === TAG.NULL) reader.null();
    else if (tag === TAG.OBJECT_IDENTIFIER) reader.oid();
    else if (tag === TAG.UTC_TIME || tag === TAG.GENERALIZED_TIME) reader.time();
    else if (tag !== TAG.OCTET_STRING && tag >> 6 === 0) reader.string();
    return true;
  } catch (error) {
    if (error instanceof Asn1Error) return false;
    throw error;
  }
}
