/**
 * A whole encoding as a tree of nodes with their offsets: for people who look at it, not for reading messages. BER is
 * shown as it stands, indefinite lengths and segments too.
 */
import { Asn1Error } from './asn1-error.ts';
import { readBerHeader } from './ber.ts';
import { DerReader } from './der-reader.ts';
import { oidFault } from './object-identifier.ts';
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

export interface TreeOptions {
  readonly depth: number;
  readonly nodes: number;
  /** Bytes. */
  readonly length: number;
  /** Whether what strings encapsulate is read too. */
  readonly encapsulated: boolean;
}

/** A certificate has some 100 nodes, a CRL four an entry. */
const DEFAULTS: TreeOptions = { depth: 64, nodes: 500_000, length: 0x1000_0000, encapsulated: true };

/**
 * The tree of exactly one value. An OCTET STRING or BIT STRING whose whole content is DER of a universal type has that as
 * its child: extensions, eContent and public keys do; a digest that looks like DER by chance would too.
 * Throws Asn1Error where a header is malformed, bytes are left over or a limit is passed.
 */
export function decodeTree(bytes: Uint8Array, options: Partial<TreeOptions> = {}): Asn1Node {
  return new TreeReader(bytes, { ...DEFAULTS, ...options }).root();
}

/** A view is made for those who look: making one for each node took longer than all the rest of the reading. */
class Node implements Asn1Node {
  readonly tag: number;
  readonly offset: number;
  readonly headerLength: number;
  readonly isIndefinite: boolean;
  readonly children: readonly Asn1Node[] | undefined;
  readonly #bytes: Uint8Array;
  readonly #stop: number;

  constructor(
    bytes: Uint8Array,
    tag: number,
    offset: number,
    headerLength: number,
    stop: number,
    isIndefinite: boolean,
    children: readonly Asn1Node[] | undefined,
  ) {
    this.tag = tag;
    this.offset = offset;
    this.headerLength = headerLength;
    this.isIndefinite = isIndefinite;
    this.children = children;
    this.#bytes = bytes;
    this.#stop = stop;
  }

  get content(): Uint8Array {
    return this.#bytes.subarray(this.offset + this.headerLength, this.#stop);
  }
}

class TreeReader {
  readonly #bytes: Uint8Array;
  readonly #options: TreeOptions;
  /** Over the whole input; set to where a primitive stands that is to be checked. */
  readonly #reader: DerReader;
  #nodes = 0;
  /** Past the value that was read last. */
  #next = 0;
  // The header read last, for the same reason as in DerReader.
  #tag = 0;
  #start = 0;
  #length = 0;

  constructor(bytes: Uint8Array, options: TreeOptions) {
    this.#bytes = bytes;
    this.#options = options;
    this.#reader = new DerReader(bytes);
  }

  root(): Asn1Node {
    const { length } = this.#bytes;
    if (length > this.#options.length) {
      throw new Asn1Error('CRYPT_E_ASN1_LARGE', 0, `Over ${this.#options.length} bytes`);
    }
    const root = this.#read(0, length, 0);
    const left = length - this.#next;
    if (left > 0) throw new Asn1Error('CRYPT_E_ASN1_NOEOD', this.#next, `${left} bytes too many`);
    return root;
  }

  #count(at: number, depth: number): void {
    if (depth > this.#options.depth) {
      throw new Asn1Error('CRYPT_E_ASN1_LARGE', at, `Nested over ${this.#options.depth} deep`);
    }
    if (++this.#nodes > this.#options.nodes) {
      throw new Asn1Error('CRYPT_E_ASN1_LARGE', at, `Over ${this.#options.nodes} elements`);
    }
  }

  #header(at: number, end: number): void {
    const bytes = this.#bytes;
    const tag = bytes[at]!;
    const length = bytes[at + 1]!;
    // Most headers are of two octets.
    if (at + 2 <= end && tag !== 0 && (tag & 0x1f) !== 0x1f && length < 0x80) {
      this.#tag = tag;
      this.#start = at + 2;
      this.#length = length;
    } else {
      const header = readBerHeader(bytes, at, end);
      this.#tag = header.tag;
      this.#start = header.start;
      this.#length = header.length;
    }
  }

  #read(at: number, end: number, depth: number): Asn1Node {
    this.#count(at, depth);
    this.#header(at, end);
    const bytes = this.#bytes;
    const tag = this.#tag;
    const start = this.#start;
    const length = this.#length;
    const isIndefinite = length < 0;
    if (isIndefinite && !(tag & CONSTRUCTED)) {
      throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', at, 'Indefinite length of a primitive');
    }
    if (length > end - start) {
      throw new Asn1Error('CRYPT_E_ASN1_EOD', at, `${length} bytes announced, ${end - start} left`);
    }
    const stop = isIndefinite ? end : start + length;
    if (!(tag & CONSTRUCTED)) {
      const children = this.#readEncapsulated(tag, start, stop, depth + 1);
      this.#next = stop;
      return new Node(bytes, tag, at, start - at, stop, isIndefinite, children);
    }
    const children: Asn1Node[] = [];
    let next = start;
    while (isIndefinite ? !isEndOfContents(bytes, next, stop) : next < stop) {
      children.push(this.#read(next, stop, depth + 1));
      next = this.#next;
    }
    this.#next = isIndefinite ? next + 2 : next;
    return new Node(bytes, tag, at, start - at, next, isIndefinite, children);
  }

  #readEncapsulated(tag: number, start: number, stop: number, depth: number): Asn1Node[] | undefined {
    if (!this.#options.encapsulated || (tag !== TAG.OCTET_STRING && tag !== TAG.BIT_STRING)) return undefined;
    const at = tag === TAG.BIT_STRING ? start + 1 : start;
    if (at >= stop || (tag === TAG.BIT_STRING && this.#bytes[start] !== 0)) return undefined;
    if (!isFilled(this.#bytes, at, stop) || !this.#isWholeDer(at, stop, depth)) return undefined;
    return [this.#read(at, stop, depth)];
  }

  /**
   * True where `at` to `end` is filled with DER values. Nothing is built yet, and the values inside strings are not looked
   * at, so each byte is seen at most once on each level it is encapsulated on.
   */
  #isWholeDer(at: number, end: number, depth: number): boolean {
    if (depth > this.#options.depth) return false;
    while (at < end) {
      this.#count(at, depth);
      if (!this.#isDerHeader(at, end)) return false;
      const tag = this.#tag;
      const start = this.#start;
      const stop = start + this.#length;
      if (!isKnownTag(tag)) return false;
      if (tag & CONSTRUCTED) {
        if (!this.#isWholeDer(start, stop, depth + 1)) return false;
      } else if (!this.#isValidPrimitive(tag, at, start, stop)) return false;
      at = stop;
    }
    return true;
  }

  /** Whether DER allows the header at `at` and its value ends by `end`. */
  #isDerHeader(at: number, end: number): boolean {
    try {
      this.#header(at, end);
      // The two-octet form has no other; the cursor knows what is wrong with a longer one.
      if (this.#start > at + 2) {
        this.#reader.offset = at;
        this.#reader.skip();
      }
      return this.#length >= 0 && this.#length <= end - this.#start;
    } catch (error) {
      if (error instanceof Asn1Error) return false;
      throw error;
    }
  }

  #isValidPrimitive(tag: number, at: number, start: number, stop: number): boolean {
    // Octets and other classes may hold anything; these two are the ones there are most of.
    if (tag === TAG.OCTET_STRING || tag >> 6 !== 0) return true;
    if (tag === TAG.OBJECT_IDENTIFIER) return oidFault(this.#bytes, start, stop) === undefined;
    const reader = this.#reader;
    reader.offset = at;
    try {
      if (tag === TAG.BOOLEAN) reader.boolean();
      else if (tag === TAG.INTEGER || tag === TAG.ENUMERATED) reader.integerBytes(tag);
      else if (tag === TAG.BIT_STRING) reader.bitString();
      else if (tag === TAG.NULL) reader.null();
      else if (tag === TAG.UTC_TIME || tag === TAG.GENERALIZED_TIME) reader.time();
      else reader.string();
      return true;
    } catch (error) {
      if (error instanceof Asn1Error) return false;
      throw error;
    }
  }
}

function isEndOfContents(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 2 > end) throw new Asn1Error('CRYPT_E_ASN1_EOD', at, 'No end of contents');
  return bytes[at] === 0 && bytes[at + 1] === 0;
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

const UNIVERSAL_TAGS: ReadonlySet<number> = new Set(Object.values(TAG));

/** The universal types in use, and any other class. */
function isKnownTag(tag: number): boolean {
  return (tag & 0xff) >> 6 !== 0 || UNIVERSAL_TAGS.has(tag);
}
