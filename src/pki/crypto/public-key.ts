import { hresult } from '#hresult/hresult-error';
import { DerReader } from '../asn1/der-reader.ts';
import { bitString, encodeDer, oid, sequence, unsignedInteger } from '../asn1/der-writer.ts';
import {
  type AlgorithmIdentifier,
  algorithmIdentifier,
  algorithmWithNull,
  readAlgorithmIdentifier,
} from './algorithm-identifier.ts';
import type { EcCurve } from './engine.ts';

/**
 * `SubjectPublicKeyInfo`, RFC 5280 §4.1.2.7.
 *
 * ```asn1
 * SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
 * ```
 */
export interface SubjectPublicKeyInfo {
  /** The whole DER. */
  readonly raw: Uint8Array;
  readonly algorithm: AlgorithmIdentifier;
  /** The key's bytes: DER RSAPublicKey, or the uncompressed EC point. */
  readonly subjectPublicKey: Uint8Array;
}

export const OID_RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
export const OID_EC_PUBLIC_KEY = '1.2.840.10045.2.1';

const CURVES: readonly (readonly [oid: string, curve: EcCurve, bytes: number])[] = [
  ['1.2.840.10045.3.1.7', 'P-256', 32],
  ['1.3.132.0.34', 'P-384', 48],
  ['1.3.132.0.35', 'P-521', 66],
];

export function readSubjectPublicKeyInfo(reader: DerReader): SubjectPublicKeyInfo {
  return decodeSubjectPublicKeyInfo(reader.element());
}

export function decodeSubjectPublicKeyInfo(raw: Uint8Array): SubjectPublicKeyInfo {
  const outer = new DerReader(raw);
  const fields = outer.sequence();
  outer.finish();
  const algorithm = readAlgorithmIdentifier(fields);
  const subjectPublicKey = fields.wholeBitString();
  fields.finish();
  return { raw, algorithm, subjectPublicKey };
}

export function encodeSubjectPublicKeyInfo(algorithm: AlgorithmIdentifier, subjectPublicKey: Uint8Array): Uint8Array {
  return encodeDer(sequence(algorithmIdentifier(algorithm), bitString(subjectPublicKey)));
}

/** What a key is, read from its SubjectPublicKeyInfo. */
export type PublicKeyKind =
  | { readonly type: 'rsa'; readonly modulus: Uint8Array; readonly publicExponent: Uint8Array; readonly bits: number }
  | { readonly type: 'ec'; readonly curve: EcCurve; readonly point: Uint8Array; readonly bits: number };

/** Throws NTE_BAD_ALGID for a key that is neither RSA nor on a NIST curve. */
export function publicKeyKind(spki: SubjectPublicKeyInfo | Uint8Array): PublicKeyKind {
  const info = spki instanceof Uint8Array ? decodeSubjectPublicKeyInfo(spki) : spki;
  if (info.algorithm.algorithm === OID_RSA_ENCRYPTION) {
    const outer = new DerReader(info.subjectPublicKey);
    const fields = outer.sequence();
    outer.finish();
    const modulus = magnitude(fields.integerBytes());
    const publicExponent = magnitude(fields.integerBytes());
    fields.finish();
    const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
    return { type: 'rsa', modulus, publicExponent, bits };
  }
  if (info.algorithm.algorithm === OID_EC_PUBLIC_KEY && info.algorithm.parameters) {
    const named = new DerReader(info.algorithm.parameters).oid();
    const row = CURVES.find(([id]) => id === named);
    if (row && info.subjectPublicKey[0] === 4 && info.subjectPublicKey.length === 1 + 2 * row[2]) {
      return { type: 'ec', curve: row[1], point: info.subjectPublicKey, bits: row[1] === 'P-521' ? 521 : row[2] * 8 };
    }
  }
  throw hresult('NTE_BAD_ALGID', `Public key algorithm ${info.algorithm.algorithm}.`);
}

/** The octets of a non-negative INTEGER without its sign octet. */
export function magnitude(integerBytes: Uint8Array): Uint8Array {
  if (integerBytes[0]! & 0x80) throw hresult('NTE_BAD_DATA', 'A number of the key is negative.');
  return integerBytes[0] === 0 && integerBytes.length > 1 ? integerBytes.subarray(1) : integerBytes;
}

/** DER SubjectPublicKeyInfo of an RSA key (RFC 3279 §2.3.1). */
export function rsaPublicKeyInfo(modulus: Uint8Array, publicExponent: Uint8Array): Uint8Array {
  const key = encodeDer(sequence(unsignedInteger(modulus), unsignedInteger(publicExponent)));
  return encodeDer(sequence(algorithmWithNull(OID_RSA_ENCRYPTION), bitString(key)));
}

/** DER SubjectPublicKeyInfo of an EC key (RFC 5480 §2.1.1); `point` uncompressed. */
export function ecPublicKeyInfo(curve: EcCurve, point: Uint8Array): Uint8Array {
  return encodeDer(sequence(sequence(oid(OID_EC_PUBLIC_KEY), oid(curveOid(curve))), bitString(point)));
}

export function curveOid(curve: EcCurve): string {
  return CURVES.find(([, name]) => name === curve)![0];
}

export function curveOfOid(id: string): EcCurve | undefined {
  return CURVES.find(([known]) => known === id)?.[1];
}

/** Bytes of one coordinate. */
export function curveBytes(curve: EcCurve): number {
  return CURVES.find(([, name]) => name === curve)![2];
}
