/**
 * A cursor over BER that answers elements exactly as they were received: for hashes over parts of a message that is not
 * DER. Values are read from the DER of `toDer`; this only finds where they stand.
 */
import { Asn1Error } from './asn1-error.ts';
import { readBerHeader } from './ber.ts';
import { CONSTRUCTED, formatTag } from './tag.ts';

const MAX_DEPTH = 64;

export class BerReader {
  readonly #bytes: Uint8Array;
  #offset: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#offset = offset;
    this.#end = end;
  }

  get atEnd(): boolean {
    return this.#offset >= this.#end;
  }

  /** The tag of the next element, or -1 at the end. */
  peek(): number {
    return this.atEnd ? -1 : readBerHeader(this.#bytes, this.#offset, this.#end).tag;
  }

  /** The next element whole, header and end of contents included. */
  element(): Uint8Array {
    const start = this.#offset;
    this.#offset = this.#locate(start, this.#end, 0).next;
    return this.#bytes.subarray(start, this.#offset);
  }

  /** The content octets of the next element, which must have this tag. */
  content(tag: number): Uint8Array {
    const { start, stop } = this.#take(tag);
    return this.#bytes.subarray(start, stop);
  }

  /** A cursor over the content of the next element, which must have this tag. */
  constructed(tag: number): BerReader {
    const { start, stop } = this.#take(tag);
    return new BerReader(this.#bytes, start, stop);
  }

  #take(tag: number): { start: number; stop: number } {
    const found = this.peek();
    if (found !== tag) {
      const what = found < 0 ? 'data ends' : `${formatTag(found)} found`;
      throw new Asn1Error('CRYPT_E_ASN1_BADTAG', this.#offset, `${formatTag(tag)} expected, ${what}`);
    }
    const located = this.#locate(this.#offset, this.#end, 0);
    this.#offset = located.next;
    return located;
  }

  #locate(at: number, end: number, depth: number): { start: number; stop: number; next: number } {
    if (depth > MAX_DEPTH) throw new Asn1Error('CRYPT_E_ASN1_LARGE', at, `Nested over ${MAX_DEPTH} deep`);
    const { tag, start, length } = readBerHeader(this.#bytes, at, end);
    if (length > end - start) {
      throw new Asn1Error('CRYPT_E_ASN1_EOD', at, `${length} bytes announced, ${end - start} left`);
    }
    if (length >= 0) return { start, stop: start + length, next: start + length };
    if (!(tag & CONSTRUCTED)) {
      throw new Asn1Error('CRYPT_E_ASN1_CORRUPT', at, 'Indefinite length of a primitive');
    }
    for (let next = start; next + 2 <= end; next = this.#locate(next, end, depth + 1).next) {
      if (this.#bytes[next] === 0 && this.#bytes[next + 1] === 0) return { start, stop: next, next: next + 2 };
    }
    throw new Asn1Error('CRYPT_E_ASN1_EOD', end, 'No end of contents');
  }
}
