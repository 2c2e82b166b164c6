import type { RSAPrivateKey } from './rsa-private-key.ts';

/**
 * Whether the numbers of an RSA key belong together (RFC 8017 §3.2): no platform checks that on import, and a key archived
 * with one wrong number would be found out only at its recovery. Primality is not proved.
 *
 * The arithmetic is done in arrays and not with BigInt, because arrays can be wiped.
 */
export function rsaKeyHoldsTogether(key: RSAPrivateKey): boolean {
  const numbers = [
    key.modulus,
    key.publicExponent,
    key.privateExponent,
    key.prime1,
    key.prime2,
    key.exponent1,
    key.exponent2,
    key.coefficient,
  ];
  // No number is longer than the modulus; a longer one needs no arithmetic to be refused.
  if (numbers.some((bytes) => bytes.length > key.modulus.length)) return false;
  const held: Limbs[] = [];
  const keep = (limbs: Limbs): Limbs => {
    held.push(limbs);
    return limbs;
  };
  try {
    const [n, e, d, p, q, dP, dQ, qInv] = numbers.map((bytes) => keep(toLimbs(bytes))) as Limbs8;
    if (!isOddOverOne(p) || !isOddOverOne(q) || !isOddOverOne(e)) return false;
    const one = Uint16Array.of(1);
    const [pLess, qLess] = [keep(lessOne(p)), keep(lessOne(q))];
    const mod = (value: Limbs, modulus: Limbs) => keep(remainder(value, modulus));
    const product = (a: Limbs, b: Limbs) => keep(multiply(a, b));
    return (
      isEqual(product(p, q), n) &&
      isEqual(mod(d, pLess), dP) &&
      isEqual(mod(d, qLess), dQ) &&
      isEqual(mod(product(dP, e), pLess), one) &&
      isEqual(mod(product(dQ, e), qLess), one) &&
      isEqual(mod(product(qInv, q), p), one)
    );
  } finally {
    for (const limbs of held) limbs.fill(0);
  }
}

/** Sixteen bits each, the lowest first; leading zeros may stand. */
type Limbs = Uint16Array;
type Limbs8 = [Limbs, Limbs, Limbs, Limbs, Limbs, Limbs, Limbs, Limbs];

function toLimbs(magnitude: Uint8Array): Limbs {
  const limbs = new Uint16Array((magnitude.length + 1) >> 1);
  for (let i = 0; i < magnitude.length; i++) {
    limbs[i >> 1]! |= magnitude[magnitude.length - 1 - i]! << (8 * (i & 1));
  }
  return limbs;
}

function significant(limbs: Limbs): number {
  let length = limbs.length;
  while (length > 0 && limbs[length - 1] === 0) length--;
  return length;
}

function isOddOverOne(limbs: Limbs): boolean {
  return ((limbs[0] ?? 0) & 1) === 1 && (limbs[0]! > 1 || significant(limbs) > 1);
}

/** Of an odd number. */
function lessOne(limbs: Limbs): Limbs {
  const out = Uint16Array.from(limbs);
  out[0]! -= 1;
  return out;
}

function isEqual(a: Limbs, b: Limbs): boolean {
  let different = 0;
  for (let i = 0; i < Math.max(a.length, b.length); i++) different |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return different === 0;
}

function multiply(a: Limbs, b: Limbs): Limbs {
  const out = new Uint16Array(a.length + b.length);
  for (let i = 0; i < a.length; i++) {
    const factor = a[i]!;
    let carry = 0;
    for (let j = 0; j < b.length; j++) {
      // At most (2^16 - 1)^2 + 2 (2^16 - 1) = 2^32 - 1.
      const sum = (Math.imul(factor, b[j]!) + out[i + j]! + carry) >>> 0;
      out[i + j] = sum & 0xffff;
      carry = sum >>> 16;
    }
    out[i + b.length] = carry;
  }
  return out;
}

/** Long division (Knuth, The Art of Computer Programming 4.3.1, algorithm D) without the quotient. */
function remainder(value: Limbs, modulus: Limbs): Limbs {
  const n = significant(modulus);
  const shift = Math.clz32(modulus[n - 1]!) - 16;
  const divisor = shiftLeft(modulus.subarray(0, n), shift);
  const rest = shiftLeft(value, shift);
  const top = divisor[n - 1]!;
  const second = n > 1 ? divisor[n - 2]! : 0;
  for (let at = rest.length - 1 - n; at >= 0; at--) {
    const head = rest[at + n]! * 0x10000 + rest[at + n - 1]!;
    let digit = Math.min(Math.floor(head / top), 0xffff);
    let left = head - digit * top;
    while (left < 0x10000 && digit * second > left * 0x10000 + (n > 1 ? rest[at + n - 2]! : 0)) {
      digit--;
      left += top;
    }
    if (subtract(rest, at, divisor, n, digit) < 0) addBack(rest, at, divisor, n);
  }
  for (let i = 0; i < n; i++) rest[i] = (rest[i]! >>> shift) | (rest[i + 1]! << (16 - shift));
  divisor.fill(0);
  return rest.subarray(0, n);
}

/** One limb longer than `limbs`, and than a divisor needs: the top limb is zero or what was shifted out. */
function shiftLeft(limbs: Limbs, by: number): Limbs {
  const out = new Uint16Array(limbs.length + 1);
  for (let i = 0; i < limbs.length; i++) {
    const wide = limbs[i]! << by;
    out[i]! |= wide & 0xffff;
    out[i + 1] = wide >>> 16;
  }
  return out;
}

/** Takes `digit * divisor` off; a negative answer says that it was one too many. */
function subtract(rest: Limbs, at: number, divisor: Limbs, n: number, digit: number): number {
  let borrow = 0;
  for (let i = 0; i < n; i++) {
    const taken = (Math.imul(digit, divisor[i]!) + borrow) >>> 0;
    const difference = rest[at + i]! - (taken & 0xffff);
    rest[at + i] = difference & 0xffff;
    borrow = (taken >>> 16) + (difference >>> 31);
  }
  const difference = rest[at + n]! - borrow;
  rest[at + n] = difference & 0xffff;
  return difference;
}

function addBack(rest: Limbs, at: number, divisor: Limbs, n: number): void {
  let carry = 0;
  for (let i = 0; i < n; i++) {
    carry += rest[at + i]! + divisor[i]!;
    rest[at + i] = carry & 0xffff;
    carry >>>= 16;
  }
  rest[at + n]! += carry;
}
