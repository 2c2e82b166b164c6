import { isSameBytes } from '../asn1/bytes.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { type DerNode, encodeDer, integer, sequence, time } from '../asn1/der-writer.ts';
import { type Extension, encodeExtensions, readExtensions } from './extension.ts';

/** One entry of `revokedCertificates`, RFC 5280 §5.1.2.6. */
export interface RevokedCertificate {
  /** Serial number, the content octets of its INTEGER. */
  readonly userCertificate: Uint8Array;
  readonly revocationDate: Date;
  /** Empty where the entry has none. */
  readonly crlEntryExtensions: readonly Extension[];
}

/**
 * The entries of a CRL, read one at a time from its bytes: a list of a million entries costs no more memory than one.
 * Iterating throws Asn1Error at the first malformed entry.
 */
export class RevokedCertificates implements Iterable<RevokedCertificate> {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;

  /** `bytes` from `start` to `end` are the content octets of the SEQUENCE OF. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  get isEmpty(): boolean {
    return this.#start === this.#end;
  }

  *[Symbol.iterator](): Generator<RevokedCertificate, undefined> {
    const entries = this.#reader();
    while (!entries.atEnd) yield readRevokedCertificate(entries);
  }

  /** The entry of this serial number. Throws Asn1Error where the entries before it are malformed. */
  find(serialNumber: Uint8Array): RevokedCertificate | undefined {
    const entries = this.#reader();
    while (!entries.atEnd) {
      const at = entries.offset;
      if (!isSameBytes(entries.sequence().integerBytes(), serialNumber)) continue;
      entries.offset = at;
      return readRevokedCertificate(entries);
    }
    return undefined;
  }

  #reader(): DerReader {
    return new DerReader(this.#bytes, this.#start, this.#end);
  }
}

function readRevokedCertificate(reader: DerReader): RevokedCertificate {
  const fields = reader.sequence();
  const userCertificate = fields.integerBytes();
  const revocationDate = fields.time();
  const crlEntryExtensions = fields.atEnd ? [] : readExtensions(fields);
  fields.finish();
  return { userCertificate, revocationDate, crlEntryExtensions };
}

function revokedCertificate(entry: RevokedCertificate): DerNode {
  return sequence(
    integer(entry.userCertificate),
    time(entry.revocationDate),
    entry.crlEntryExtensions.length > 0 ? encodeExtensions(entry.crlEntryExtensions) : undefined,
  );
}

const CHUNK = 1 << 18;

/**
 * Collects encoded entries, in the order they are added, in a few large pieces: rows may come from a database one by one
 * and are not kept as objects.
 */
export class RevokedCertificatesBuffer {
  readonly #full: Uint8Array[] = [];
  #chunk = new Uint8Array(0);
  #used = 0;
  #length = 0;

  /** Bytes of all entries. */
  get length(): number {
    return this.#length;
  }

  add(entry: RevokedCertificate): void {
    const der = encodeDer(revokedCertificate(entry));
    if (this.#used + der.length > this.#chunk.length) {
      this.#flush();
      this.#chunk = new Uint8Array(Math.max(CHUNK, der.length));
    }
    this.#chunk.set(der, this.#used);
    this.#used += der.length;
    this.#length += der.length;
  }

  *chunks(): Generator<Uint8Array> {
    yield* this.#full;
    if (this.#used > 0) yield this.#chunk.subarray(0, this.#used);
  }

  #flush(): void {
    if (this.#used > 0) this.#full.push(this.#chunk.subarray(0, this.#used));
    this.#used = 0;
  }
}
