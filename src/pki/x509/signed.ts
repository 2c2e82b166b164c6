/**
 * The shape that certificates, CRLs and requests share (X.509 `SIGNED`):
 *
 * ```asn1
 * SIGNED ::= SEQUENCE { toBeSigned, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
 * ```
 */
import { HresultError } from '#hresult/hresult-error';
import { isSameBytes } from '../asn1/bytes.ts';
import { DerReader } from '../asn1/der-reader.ts';
import { bitString, encodeDer, encodeHeader, sequence } from '../asn1/der-writer.ts';
import { TAG } from '../asn1/tag.ts';
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../crypto/algorithm-identifier.ts';
import type { CryptoEngine, SignatureScheme, Signer } from '../crypto/engine.ts';
import { signatureAlgorithm, signatureScheme } from '../crypto/signature-algorithm.ts';

export interface Signed<T> {
  readonly raw: Uint8Array;
  readonly toBeSigned: T;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signatureValue: Uint8Array;
}

export function decodeSigned<T>(der: Uint8Array, readToBeSigned: (reader: DerReader) => T): Signed<T> {
  const outer = new DerReader(der);
  const fields = outer.sequence();
  outer.finish();
  const toBeSigned = readToBeSigned(fields);
  const algorithm = readAlgorithmIdentifier(fields);
  const signatureValue = fields.wholeBitString();
  fields.finish();
  return { raw: der, toBeSigned, signatureAlgorithm: algorithm, signatureValue };
}

export function assembleSigned(toBeSigned: Uint8Array, scheme: SignatureScheme, signature: Uint8Array): Uint8Array {
  return encodeDer(sequence(toBeSigned, signatureAlgorithm(scheme), bitString(signature)));
}

/** The same in pieces, where `toBeSigned` is large and already at hand. */
export function* signedChunks(
  toBeSigned: Uint8Array,
  scheme: SignatureScheme,
  signature: Uint8Array,
): Generator<Uint8Array> {
  const tail = [encodeDer(signatureAlgorithm(scheme)), encodeDer(bitString(signature))];
  const length = [toBeSigned, ...tail].reduce((sum, chunk) => sum + chunk.length, 0);
  yield encodeHeader(TAG.SEQUENCE, length);
  yield toBeSigned;
  yield* tail;
}

export async function sign(toBeSigned: Uint8Array, scheme: SignatureScheme, signer: Signer): Promise<Uint8Array> {
  return assembleSigned(toBeSigned, scheme, await signer.sign(scheme, toBeSigned));
}

/** False where the signature does not verify; throws NTE_BAD_ALGID or NTE_BAD_KEY where it cannot be tried. */
export function verifySigned(
  toBeSigned: Uint8Array,
  algorithm: AlgorithmIdentifier,
  signature: Uint8Array,
  publicKey: Uint8Array,
  engine: CryptoEngine,
): Promise<boolean> {
  return engine.verify(signatureScheme(algorithm), publicKey, toBeSigned, signature);
}

export function isSameAlgorithm(a: AlgorithmIdentifier, b: AlgorithmIdentifier): boolean {
  if (a.algorithm !== b.algorithm) return false;
  if (a.parameters === undefined || b.parameters === undefined) return a.parameters === b.parameters;
  return isSameBytes(a.parameters, b.parameters);
}

/** For callers to whom a signature that cannot be tried is no better than one that does not verify. */
export async function orFalse(verified: Promise<boolean>): Promise<boolean> {
  try {
    return await verified;
  } catch (error) {
    if (error instanceof HresultError) return false;
    throw error;
  }
}
