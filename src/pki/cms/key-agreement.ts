import { hresult } from '#hresult/hresult-error';
import { decodeWhole } from '../asn1/decode-whole.ts';
import { type DerNode, encodeDer, explicit, octetString, oid, sequence } from '../asn1/der-writer.ts';
import {
  dhSinglePass_stdDH_sha1kdf_scheme,
  dhSinglePass_stdDH_sha256kdf_scheme,
  dhSinglePass_stdDH_sha384kdf_scheme,
  dhSinglePass_stdDH_sha512kdf_scheme,
  id_aes128_wrap,
  id_aes192_wrap,
  id_aes256_wrap,
  id_alg_CMS3DESwrap,
} from '../asn1/oid-table.ts';
import {
  type AlgorithmIdentifier,
  algorithmIdentifier,
  readAlgorithmIdentifier,
} from '../crypto/algorithm-identifier.ts';
import { type CryptoEngine, type DigestAlgorithm, wipe } from '../crypto/engine.ts';

/**
 * ECDH in one pass, RFC 5753 §7.1.4. The curves at hand have cofactor 1, so the cofactor schemes give the same secret.
 * The first row of a digest is the one that is written.
 */
const SCHEMES: readonly (readonly [oid: string, digest: DigestAlgorithm])[] = [
  [dhSinglePass_stdDH_sha256kdf_scheme, 'sha256'],
  [dhSinglePass_stdDH_sha384kdf_scheme, 'sha384'],
  [dhSinglePass_stdDH_sha512kdf_scheme, 'sha512'],
  [dhSinglePass_stdDH_sha1kdf_scheme, 'sha1'],
  // dhSinglePass-cofactorDH-*
  ['1.3.132.1.14.1', 'sha256'],
  ['1.3.132.1.14.2', 'sha384'],
  ['1.3.132.1.14.3', 'sha512'],
  ['1.3.133.16.840.63.0.3', 'sha1'],
];

export type KeyWrapName = 'aes' | 'des-ede3';

/** RFC 3565 §2.3.2, RFC 3370 §4.3.1. */
const WRAPS: readonly (readonly [oid: string, name: KeyWrapName, keyLength: number])[] = [
  [id_aes128_wrap, 'aes', 16],
  [id_aes192_wrap, 'aes', 24],
  [id_aes256_wrap, 'aes', 32],
  [id_alg_CMS3DESwrap, 'des-ede3', 24],
];

export interface KeyAgreement {
  readonly digest: DigestAlgorithm;
  readonly wrap: KeyWrapName;
  /** Bytes of the key-encryption key. */
  readonly keyLength: number;
  /** The KeyWrapAlgorithm as the message has it: it goes into the derivation. */
  readonly wrapAlgorithm: AlgorithmIdentifier;
}

/** Reads a keyEncryptionAlgorithm. Throws NTE_BAD_ALGID for a scheme or key wrap that is not read here. */
export function keyAgreement(algorithm: AlgorithmIdentifier): KeyAgreement {
  const scheme = SCHEMES.find(([id]) => id === algorithm.algorithm);
  if (!scheme || !algorithm.parameters) {
    throw hresult('NTE_BAD_ALGID', `Key agreement algorithm ${algorithm.algorithm}.`);
  }
  const wrapAlgorithm = decodeWhole(algorithm.parameters, readAlgorithmIdentifier);
  const wrap = WRAPS.find(([id]) => id === wrapAlgorithm.algorithm);
  if (!wrap) throw hresult('NTE_BAD_ALGID', `Key wrap algorithm ${wrapAlgorithm.algorithm}.`);
  return { digest: scheme[1], wrap: wrap[1], keyLength: wrap[2], wrapAlgorithm };
}

/** The keyEncryptionAlgorithm with AES key wrap; its parameters are absent (RFC 3565 §2.3.2). */
export function keyAgreementAlgorithm(digest: DigestAlgorithm, keyLength: 16 | 24 | 32): DerNode {
  const scheme = SCHEMES.find(([, name]) => name === digest)!;
  const wrap = WRAPS.find(([, name, length]) => name === 'aes' && length === keyLength)!;
  return sequence(oid(scheme[0]), sequence(oid(wrap[0])));
}

/** The key-encryption key: ANSI X9.63 KDF over ECC-CMS-SharedInfo, RFC 5753 §7.2. The caller wipes it. */
export async function deriveKeyEncryptionKey(
  sharedSecret: Uint8Array,
  { digest, keyLength, wrapAlgorithm }: KeyAgreement,
  ukm: Uint8Array | undefined,
  engine: CryptoEngine,
): Promise<Uint8Array> {
  const sharedInfo = encodeDer(
    sequence(
      algorithmIdentifier(wrapAlgorithm),
      ukm && explicit(0, octetString(ukm)),
      explicit(2, octetString(counterOctets(keyLength * 8))),
    ),
  );
  const input = new Uint8Array(sharedSecret.length + 4 + sharedInfo.length);
  input.set(sharedSecret);
  input.set(sharedInfo, sharedSecret.length + 4);
  const derived = new Uint8Array(keyLength);
  try {
    for (let at = 0, counter = 1; at < keyLength; counter++) {
      input.set(counterOctets(counter), sharedSecret.length);
      const block = await engine.digest(digest, input);
      derived.set(block.subarray(0, keyLength - at), at);
      at += block.length;
      wipe(block);
    }
    return derived;
  } finally {
    wipe(input);
  }
}

function counterOctets(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}
