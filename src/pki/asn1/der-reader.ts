/**
 * A cursor over DER (X.690 §10): strict, without a tree, without copies. Values are views into the input.
 * Old clients' BER goes through `toDer` first; nothing here is lenient.
 */
import { Asn1Error } from './asn1-error.ts';
import { decodeOid } from './object-identifier.ts';
import { decodeString } from './strings.ts';
import { CONSTRUCTED, contextConstructed, formatTag, TAG } from './tag.ts';
import { decodeGeneralizedTime, decodeUtcTime } from './time.ts';

export interface BitString {
  readonly bytes: Uint8Array;
  /** 0 to 7 bits at the end of the last byte that do not count. */
  readonly unusedBits: number;
}

/** Structures of the field nest some 20 deep; 64 leaves room and keeps hostile input from the call stack. */
const MAX_DEPTH = 64;

export class DerReader {
  readonly bytes: Uint8Array;
  /** Where the next TLV begins. */
  offset: number;
  readonly end: number;
  readonly #depth: number;
  // The header read last: kept here instead of in a fresh object for each TLV.
  #tag = 0;
  #start = 0;
  #stop = 0;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length, depth = 0) {
    if (depth > MAX_DEPTH) throw new Asn1Error('CRYPT_E_ASN1_LARGE', offset, `Nested over ${MAX_DEPTH} deep`);
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
    this.#depth = depth;
  }

  get atEnd(): boolean {
    return this.offset >= this.end;
  }

  /** The tag of the next TLV, or -1 at the end. */
  peek(): number {
    if (this.offset >= this.end) return -1;
    const first = this.bytes[this.offset]!;
    if ((first & 0x1f) !== 0x1f) return first;
    this.#header();
    return this.#tag;
  }

  #header(): void {
    const { bytes, end } = this;
    let at = this.offset;
    if (at + 2 > end) throw new Asn1Error('CRYPT_E_ASN1_EOD', at, 'Data ends inside a header');
    let tag = bytes[at++]!;
    if (tag === 0) throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', at - 1, 'End of contents where DER is required');
    if ((tag & 0x1f) === 0x1f) {
      let number = 0;
      for (;;) {
        if (at >= end) throw new Asn1Error('CRYPT_E_ASN1_EOD', at, 'Data ends inside a tag');
        const octet = bytes[at++]!;
        if (number === 0 && octet === 0x80) throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', at - 1, 'Padded tag number');
        number = (number << 7) | (octet & 0x7f);
        if (number > 0x1fffff) throw new Asn1Error('CRYPT_E_ASN1_LARGE', at - 1, 'Tag number over 21 bits');
        if ((octet & 0x80) === 0) break;
      }
      if (number < 31) throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', at - 1, 'Long form of a short tag');
      tag |= number << 8;
      if (at >= end) throw new Asn1Error('CRYPT_E_ASN1_EOD', at, 'Data ends before a length');
    }
    let length = bytes[at++]!;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0) throw new Asn1Error('CRYPT_E_ASN1_RULE', at - 1, 'Indefinite length where DER is required');
      if (count > 4) throw new Asn1Error('CRYPT_E_ASN1_LARGE', at - 1, 'Length over four bytes');
      if (at + count > end) throw new Asn1Error('CRYPT_E_ASN1_EOD', at, 'Data ends inside a length');
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + bytes[at + i]!;
      // X.690 §10.1: the shortest form of the length.
      if (length < 0x80 || bytes[at] === 0)
        throw new Asn1Error('CRYPT_E_ASN1_RULE', at, 'Length not in its shortest form');
      at += count;
    }
    if (length > end - at)
      throw new Asn1Error('CRYPT_E_ASN1_EOD', this.offset, `${length} bytes announced, ${end - at} left`);
    this.#tag = tag;
    this.#start = at;
    this.#stop = at + length;
  }

  #take(tag: number): void {
    if (this.offset >= this.end) {
      throw new Asn1Error('CRYPT_E_ASN1_EOD', this.offset, `${formatTag(tag)} expected, data ends`);
    }
    this.#header();
    if (this.#tag !== tag) {
      throw new Asn1Error(
        'CRYPT_E_ASN1_BADTAG',
        this.offset,
        `${formatTag(tag)} expected, ${formatTag(this.#tag)} found`,
      );
    }
    this.offset = this.#stop;
  }

  /** A reader over the content of a constructed TLV with this tag. */
  constructed(tag: number): DerReader {
    this.#take(tag);
    return new DerReader(this.bytes, this.#start, this.#stop, this.#depth + 1);
  }

  sequence(): DerReader {
    return this.constructed(TAG.SEQUENCE);
  }

  set(): DerReader {
    return this.constructed(TAG.SET);
  }

  /** `[n] EXPLICIT`: a reader over the content. */
  explicit(n: number): DerReader {
    return this.constructed(contextConstructed(n));
  }

  /** The same where the field may be absent. */
  optionalExplicit(n: number): DerReader | undefined {
    return this.peek() === contextConstructed(n) ? this.explicit(n) : undefined;
  }

  /** A reader over an OCTET STRING that holds DER, such as an extension's value; offsets stay those of the input. */
  octetStringReader(): DerReader {
    return this.constructed(TAG.OCTET_STRING);
  }

  /** The next TLV whole, header included. */
  element(): Uint8Array {
    this.#header();
    const whole = this.bytes.subarray(this.offset, this.#stop);
    this.offset = this.#stop;
    return whole;
  }

  skip(): void {
    this.#header();
    this.offset = this.#stop;
  }

  /** The content octets of a TLV with this tag. */
  content(tag: number): Uint8Array {
    this.#take(tag);
    return this.bytes.subarray(this.#start, this.#stop);
  }

  boolean(tag: number = TAG.BOOLEAN): boolean {
    this.#take(tag);
    const value = this.bytes[this.#start];
    // X.690 §11.1: TRUE is all ones.
    if (this.#stop - this.#start !== 1 || (value !== 0 && value !== 0xff)) {
      throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', this.#start, 'BOOLEAN neither 00 nor FF');
    }
    return value === 0xff;
  }

  /** The two's complement octets of an INTEGER, as encoded. */
  integerBytes(tag: number = TAG.INTEGER): Uint8Array {
    this.#take(tag);
    const { bytes } = this;
    const start = this.#start;
    if (this.#stop === start) throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', start, 'Empty INTEGER');
    if (this.#stop - start > 1) {
      const first = bytes[start]!;
      const second = bytes[start + 1]!;
      // X.690 §8.3.2: the first nine bits are neither all zeros nor all ones.
      if ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)) {
        throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', start, 'Padded INTEGER');
      }
    }
    return bytes.subarray(start, this.#stop);
  }

  integer(tag: number = TAG.INTEGER): bigint {
    const at = this.offset;
    const content = this.integerBytes(tag);
    // The largest numbers of the field are moduli; a BigInt has an upper end of its own, past which it throws.
    if (content.length > 0x10000) throw new Asn1Error('CRYPT_E_ASN1_LARGE', at, 'INTEGER over 64 KiB');
    let hex = '';
    for (const octet of content) hex += octet.toString(16).padStart(2, '0');
    const value = BigInt(`0x${hex}`);
    return content[0]! & 0x80 ? value - (1n << BigInt(content.length * 8)) : value;
  }

  /** An INTEGER that must fit a signed 32-bit number: versions, counts, flags. */
  smallInteger(tag: number = TAG.INTEGER): number {
    const at = this.offset;
    const content = this.integerBytes(tag);
    if (content.length > 4) throw new Asn1Error('CRYPT_E_ASN1_LARGE', at, 'INTEGER over 32 bits');
    let value = content[0]! & 0x80 ? -1 : 0;
    for (const octet of content) value = (value << 8) | octet;
    return value;
  }

  oid(tag: number = TAG.OBJECT_IDENTIFIER): string {
    this.#take(tag);
    return decodeOid(this.bytes, this.#start, this.#stop);
  }

  null(): void {
    this.#take(TAG.NULL);
    if (this.#stop !== this.#start) throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', this.#start, 'NULL with content');
  }

  octetString(tag: number = TAG.OCTET_STRING): Uint8Array {
    return this.content(tag);
  }

  bitString(tag: number = TAG.BIT_STRING): BitString {
    this.#take(tag);
    const unusedBits = this.#stop > this.#start ? this.bytes[this.#start]! : 8;
    if (unusedBits > 7 || (unusedBits > 0 && this.#stop - this.#start === 1)) {
      throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', this.#start, 'Bad count of unused bits');
    }
    return { bytes: this.bytes.subarray(this.#start + 1, this.#stop), unusedBits };
  }

  /** A BIT STRING that must be whole bytes: keys and signatures. */
  wholeBitString(tag: number = TAG.BIT_STRING): Uint8Array {
    const at = this.offset;
    const { bytes, unusedBits } = this.bitString(tag);
    if (unusedBits !== 0) throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', at, 'BIT STRING not of whole bytes');
    return bytes;
  }

  /** Any character string type; give the tag where exactly one is allowed. */
  string(tag?: number): string {
    const found = this.peek();
    if (tag !== undefined) this.#take(tag);
    else if (isStringTag(found)) this.#take(found);
    else
      throw new Asn1Error(
        'CRYPT_E_ASN1_BADTAG',
        this.offset,
        `Character string expected, ${found < 0 ? 'data ends' : `${formatTag(found)} found`}`,
      );
    return decodeString(found & 0xff, this.bytes, this.#start, this.#stop);
  }

  /** UTCTime or GeneralizedTime. */
  time(): Date {
    const tag = this.peek();
    if (tag === TAG.UTC_TIME) {
      this.#take(tag);
      return decodeUtcTime(this.bytes, this.#start, this.#stop);
    }
    this.#take(TAG.GENERALIZED_TIME);
    return decodeGeneralizedTime(this.bytes, this.#start, this.#stop);
  }

  /** Throws where bytes are left: a structure is read whole or not at all. */
  finish(): void {
    if (this.offset < this.end) {
      throw new Asn1Error('CRYPT_E_ASN1_NOEOD', this.offset, `${this.end - this.offset} bytes too many`);
    }
  }
}

function isStringTag(tag: number): boolean {
  if (tag < 0 || tag & (0xc0 | CONSTRUCTED)) return false;
  return (
    tag === TAG.UTF8_STRING ||
    (tag >= TAG.NUMERIC_STRING && tag <= TAG.IA5_STRING) ||
    (tag >= TAG.GRAPHIC_STRING && tag <= TAG.BMP_STRING)
  );
}
