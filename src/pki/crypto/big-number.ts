/** Octet strings as numbers and back (RFC 8017 §4). A BigInt cannot be wiped: keep those of a private key for one call only. */

export function toBigInt(bytes: Uint8Array): bigint {
  let hex = '0x0';
  for (const octet of bytes) hex += octet.toString(16).padStart(2, '0');
  return BigInt(hex);
}

/** `length` octets, big-endian; `value` must not be longer. */
export function toBytes(value: bigint, length: number): Uint8Array {
  const hex = value.toString(16).padStart(2 * length, '0');
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** By Euclid's extended algorithm; undefined where the two share a factor. */
export function modInverse(value: bigint, modulus: bigint): bigint | undefined {
  let [a, b] = [value, modulus];
  let [x, y] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  if (a !== 1n) return undefined;
  return x < 0n ? x + modulus : x;
}
