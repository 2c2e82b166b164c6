import { HresultError } from '#hresult/hresult-error';
import { DerReader } from '../asn1/der-reader.ts';
import { encodeDer, sequence, unsignedInteger } from '../asn1/der-writer.ts';
import { magnitude } from './public-key.ts';

/** DER ECDSA-Sig-Value (RFC 3279 §2.2.3) of `r || s`, the two halves of WebCrypto's signature. */
export function encodeEcdsaSignature(raw: Uint8Array): Uint8Array {
  const half = raw.length / 2;
  return encodeDer(sequence(unsignedInteger(raw.subarray(0, half)), unsignedInteger(raw.subarray(half))));
}

/** `r || s`, each of `half` bytes; undefined for what is no such signature. */
export function decodeEcdsaSignature(der: Uint8Array, half: number): Uint8Array | undefined {
  try {
    const outer = new DerReader(der);
    const fields = outer.sequence();
    outer.finish();
    const r = magnitude(fields.integerBytes());
    const s = magnitude(fields.integerBytes());
    fields.finish();
    if (r.length > half || s.length > half) return undefined;
    const raw = new Uint8Array(2 * half);
    raw.set(r, half - r.length);
    raw.set(s, 2 * half - s.length);
    return raw;
  } catch (error) {
    if (error instanceof HresultError) return undefined;
    throw error;
  }
}
