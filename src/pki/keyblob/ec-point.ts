/**
 * Points of the NIST curves, for checks at import only: is a point on its curve, and is it the one of the private number.
 * BigInt runs in no constant time and cannot be wiped; keys are used by the engines alone.
 */
import { hresult } from '#hresult/hresult-error';
import { modInverse, toBigInt, toBytes } from '../crypto/big-number.ts';
import { isPrivateNumber } from '../crypto/curve-order.ts';
import type { EcCurve } from '../crypto/engine.ts';
import { curveBytes } from '../crypto/public-key.ts';

/** y^2 = x^3 - 3x + b over the field of p elements, with its base point; FIPS 186-4 §D.1.2. */
interface Domain {
  readonly p: bigint;
  readonly b: bigint;
  readonly x: bigint;
  readonly y: bigint;
}

const DOMAINS: Record<EcCurve, Domain> = {
  'P-256': {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
    y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
  },
  'P-384': {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    x: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
    y: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
  },
  'P-521': {
    p: 2n ** 521n - 1n,
    b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    x: 0x00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66n,
    y: 0x011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650n,
  },
};

/** Jacobian coordinates: x = X / Z^2, y = Y / Z^3; Z = 0 is the point at infinity. */
interface Point {
  readonly X: bigint;
  readonly Y: bigint;
  readonly Z: bigint;
}

/** Whether an uncompressed point (SEC 1 §2.3.3) satisfies the equation of the curve. */
export function isOnCurve(curve: EcCurve, point: Uint8Array): boolean {
  const { p, b } = DOMAINS[curve];
  const length = curveBytes(curve);
  if (point[0] !== 4 || point.length !== 1 + 2 * length) return false;
  const x = toBigInt(point.subarray(1, 1 + length));
  const y = toBigInt(point.subarray(1 + length));
  return x < p && y < p && (y * y - (x * x * x - 3n * x + b)) % p === 0n;
}

/** The uncompressed public point of a private number. Throws NTE_BAD_KEY for a number out of the curve's range. */
export function pointOfPrivateNumber(curve: EcCurve, d: Uint8Array): Uint8Array {
  const { p, x, y } = DOMAINS[curve];
  const length = curveBytes(curve);
  if (d.length !== length || !isPrivateNumber(curve, d)) {
    throw hresult('NTE_BAD_KEY', `The private number is out of the range of ${curve}.`);
  }
  const base: Point = { X: x, Y: y, Z: 1n };
  let sum: Point = { X: 1n, Y: 1n, Z: 0n };
  for (const octet of d) {
    for (let bit = 7; bit >= 0; bit--) {
      sum = double(sum, p);
      if ((octet >> bit) & 1) sum = add(sum, base, p);
    }
  }
  const inverse = modInverse(sum.Z, p)!;
  const square = (inverse * inverse) % p;
  const point = new Uint8Array(1 + 2 * length);
  point[0] = 4;
  point.set(toBytes((sum.X * square) % p, length), 1);
  point.set(toBytes((sum.Y * square * inverse) % p, length), 1 + length);
  return point;
}

function mod(value: bigint, p: bigint): bigint {
  const rest = value % p;
  return rest < 0n ? rest + p : rest;
}

function double({ X, Y, Z }: Point, p: bigint): Point {
  if (Z === 0n) return { X, Y, Z };
  const delta = (Z * Z) % p;
  const gamma = (Y * Y) % p;
  const beta = (X * gamma) % p;
  // 3 X^2 - 3 Z^4, because a = -3.
  const alpha = mod(3n * (X - delta) * (X + delta), p);
  const x = mod(alpha * alpha - 8n * beta, p);
  return { X: x, Y: mod(alpha * (4n * beta - x) - 8n * gamma * gamma, p), Z: mod(2n * Y * Z, p) };
}

/** `b` has Z = 1. */
function add(a: Point, b: Point, p: bigint): Point {
  if (a.Z === 0n) return b;
  const square = (a.Z * a.Z) % p;
  const h = mod(b.X * square - a.X, p);
  const r = mod(b.Y * square * a.Z - a.Y, p);
  if (h === 0n) return r === 0n ? double(a, p) : { X: 1n, Y: 1n, Z: 0n };
  const hh = (h * h) % p;
  const hhh = (hh * h) % p;
  const v = (a.X * hh) % p;
  const x = mod(r * r - hhh - 2n * v, p);
  return { X: x, Y: mod(r * (v - x) - a.Y * hhh, p), Z: (a.Z * h) % p };
}
