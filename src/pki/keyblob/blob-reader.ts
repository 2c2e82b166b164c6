import { hresult } from '#hresult/hresult-error';

/** A cursor over a blob of fixed fields. Throws NTE_BAD_DATA where it ends too early or goes on too long. */
export class BlobReader {
  readonly #bytes: Uint8Array;
  #offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  /** A view of the next octets. */
  take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) {
      throw hresult('NTE_BAD_DATA', `The key blob has ${this.#bytes.length} bytes, ${end} or more are announced.`);
    }
    const view = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return view;
  }

  uint32(littleEndian: boolean): number {
    const field = this.take(4);
    return new DataView(field.buffer, field.byteOffset, 4).getUint32(0, littleEndian);
  }

  finish(): void {
    const rest = this.#bytes.length - this.#offset;
    if (rest !== 0) throw hresult('NTE_BAD_DATA', `The key blob goes on ${rest} bytes after its last number.`);
  }
}

/** Header words in front of the numbers, for the encoders. */
export function writeUint32(out: Uint8Array, at: number, ...values: readonly number[]): number {
  const view = new DataView(out.buffer, out.byteOffset, out.length);
  values.forEach((value, i) => {
    view.setUint32(at + 4 * i, value, true);
  });
  return at + 4 * values.length;
}

/**
 * Puts a big-endian number into a field of `length` octets; answers where the next begins. Throws NTE_BAD_LEN for a number
 * that the field cannot hold.
 */
export function writeNumber(
  out: Uint8Array,
  at: number,
  number: Uint8Array,
  length: number,
  order: 'big-endian' | 'little-endian',
): number {
  const excess = Math.max(0, number.length - length);
  if (number.subarray(0, excess).some((octet) => octet !== 0)) {
    throw hresult('NTE_BAD_LEN', `A number of ${number.length} bytes does not fit the ${length} bytes of its field.`);
  }
  const bare = number.subarray(excess);
  const field = out.subarray(at, at + length);
  if (order === 'big-endian') field.set(bare, length - bare.length);
  else for (let i = 0; i < bare.length; i++) field[i] = bare[bare.length - 1 - i]!;
  return at + length;
}

/** A copy with the octets in reverse: between little-endian fields and the big-endian numbers of ASN.1. */
export function reversed(octets: Uint8Array): Uint8Array {
  return octets.slice().reverse();
}

/** Of a big-endian number without leading zero octets. */
export function bitLength(number: Uint8Array): number {
  return number.length * 8 - Math.clz32(number[0] ?? 0) + 24;
}
