import { hresult } from '#hresult/hresult-error';
import { modInverse, toBigInt, toBytes } from '../crypto/big-number.ts';
import type { RSAPrivateKey } from '../crypto/rsa-private-key.ts';

/** What a BCRYPT_RSAPRIVATE_BLOB holds. */
export type RsaFactors = Pick<RSAPrivateKey, 'modulus' | 'publicExponent' | 'prime1' | 'prime2'>;

/**
 * The numbers a key of two primes leaves out (RFC 8017 §3.2): d modulo lambda(n), and the three of the Chinese remainders.
 * The caller wipes them. BigInt cannot be wiped, so the numbers live no longer than the call; that n is p times q is left to
 * the check every key goes through. Throws NTE_BAD_KEY where the primes allow no such numbers.
 */
export function completeRsaPrivateKey(factors: RsaFactors): RSAPrivateKey {
  const { modulus, publicExponent, prime1, prime2 } = factors;
  const [e, p, q] = [toBigInt(publicExponent), toBigInt(prime1), toBigInt(prime2)];
  const [pLess, qLess] = [p - 1n, q - 1n];
  if (pLess < 1n || qLess < 1n) throw noSuchKey();
  const lambda = (pLess * qLess) / greatestCommonDivisor(pLess, qLess);
  const d = modInverse(e % lambda, lambda);
  const coefficient = modInverse(q % p, p);
  if (d === undefined || coefficient === undefined) throw noSuchKey();
  return {
    modulus,
    publicExponent,
    prime1,
    prime2,
    privateExponent: toBytes(d, prime1.length + prime2.length),
    exponent1: toBytes(d % pLess, prime1.length),
    exponent2: toBytes(d % qLess, prime2.length),
    coefficient: toBytes(coefficient, prime1.length),
  };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

function noSuchKey() {
  return hresult('NTE_BAD_KEY', 'The primes and the public exponent of the RSA key do not belong together.');
}
