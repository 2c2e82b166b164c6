import { hresult } from '#hresult/hresult-error';
import { DerReader } from '../asn1/der-reader.ts';
import { type DerNode, integer, sequence, unsignedInteger } from '../asn1/der-writer.ts';
import { magnitude } from './public-key.ts';

/** RFC 8017 §A.1.2; every field the big-endian octets of a positive number, without a sign octet. */
export interface RSAPrivateKey {
  readonly modulus: Uint8Array;
  readonly publicExponent: Uint8Array;
  readonly privateExponent: Uint8Array;
  readonly prime1: Uint8Array;
  readonly prime2: Uint8Array;
  readonly exponent1: Uint8Array;
  readonly exponent2: Uint8Array;
  readonly coefficient: Uint8Array;
}

const FIELDS = [
  'modulus',
  'publicExponent',
  'privateExponent',
  'prime1',
  'prime2',
  'exponent1',
  'exponent2',
  'coefficient',
] as const;

/** Views into `der`. Throws NTE_BAD_KEY for a key of more than two primes, Asn1Error or NTE_BAD_DATA for malformed bytes. */
export function decodeRsaPrivateKey(der: Uint8Array): RSAPrivateKey {
  const outer = new DerReader(der);
  const fields = outer.sequence();
  outer.finish();
  if (fields.smallInteger() !== 0) throw hresult('NTE_BAD_KEY', 'RSA key of more than two primes.');
  const read = () => magnitude(fields.integerBytes());
  const key: RSAPrivateKey = {
    modulus: read(),
    publicExponent: read(),
    privateExponent: read(),
    prime1: read(),
    prime2: read(),
    exponent1: read(),
    exponent2: read(),
    coefficient: read(),
  };
  fields.finish();
  return key;
}

export function rsaPrivateKey(key: RSAPrivateKey): DerNode {
  return sequence(integer(0), ...FIELDS.map((name) => unsignedInteger(key[name])));
}
