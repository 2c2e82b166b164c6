import { hresult } from '#hresult/hresult-error';
import { modInverse, toBigInt, toBytes } from '../big-number.ts';
import { wipe } from '../engine.ts';
import type { RSAPrivateKey } from '../rsa-private-key.ts';

/**
 * The bare RSA operations (RFC 8017 §5), which WebCrypto keeps to itself: RSAES-PKCS1-v1_5 and MD5 signatures stand on
 * them. BigInt runs in no constant time and cannot be wiped, so every private operation is blinded with a fresh number, its
 * exponents are walked in one pattern, and the numbers live no longer than the call.
 */

type RandomBytes = (length: number) => Uint8Array;

interface RsaPublicKey {
  readonly modulus: Uint8Array;
  readonly publicExponent: Uint8Array;
}

/** RSAEP; undefined for a number that is not below the modulus. */
export function rsaPublicOperation(key: RsaPublicKey, block: Uint8Array): Uint8Array | undefined {
  const modulus = toBigInt(key.modulus);
  const number = toBigInt(block);
  if (number >= modulus) return undefined;
  return toBytes(modPow(number, key.publicExponent, modulus), key.modulus.length);
}

/** RSADP by the Chinese remainders; undefined for a number that is not below the modulus. */
export function rsaPrivateOperation(
  key: RSAPrivateKey,
  block: Uint8Array,
  random: RandomBytes,
): Uint8Array | undefined {
  const modulus = toBigInt(key.modulus);
  const number = toBigInt(block);
  if (number >= modulus) return undefined;
  const { factor, inverse } = blinding(key, modulus, random);
  const blinded = (number * factor) % modulus;
  const [p, q] = [toBigInt(key.prime1), toBigInt(key.prime2)];
  const m1 = modPow(blinded % p, key.exponent1, p);
  const m2 = modPow(blinded % q, key.exponent2, q);
  const h = ((m1 - (m2 % p) + p) * toBigInt(key.coefficient)) % p;
  const plain = ((m2 + q * h) * inverse) % modulus;
  // A fault in one half would give the factors away (Boneh, DeMillo, Lipton 1997).
  if (modPow(plain, key.publicExponent, modulus) !== number) {
    throw hresult('NTE_INTERNAL_ERROR', 'The RSA private operation came out wrong.');
  }
  return toBytes(plain, key.modulus.length);
}

/** r^e and 1/r of a random r. */
function blinding(key: RsaPublicKey, modulus: bigint, random: RandomBytes): { factor: bigint; inverse: bigint } {
  for (;;) {
    // Eight bytes more than the modulus has leave no measurable bias.
    const bytes = random(key.modulus.length + 8);
    const r = toBigInt(bytes) % modulus;
    wipe(bytes);
    const inverse = modInverse(r, modulus);
    if (inverse !== undefined) return { factor: modPow(r, key.publicExponent, modulus), inverse };
  }
}

/** Four bits of the exponent at a time, each with its multiplication even where they are zero. */
function modPow(base: bigint, exponent: Uint8Array, modulus: bigint): bigint {
  const powers = [1n % modulus];
  for (let i = 1; i < 16; i++) powers.push((powers[i - 1]! * base) % modulus);
  let result = powers[0]!;
  for (const octet of exponent) {
    for (const digit of [octet >> 4, octet & 15]) {
      for (let i = 0; i < 4; i++) result = (result * result) % modulus;
      result = (result * powers[digit]!) % modulus;
    }
  }
  return result;
}
