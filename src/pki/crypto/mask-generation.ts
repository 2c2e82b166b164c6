import { hresult } from '#hresult/hresult-error';
import { DerReader } from '../asn1/der-reader.ts';
import { type DerNode, oid, sequence } from '../asn1/der-writer.ts';
import { type AlgorithmIdentifier, algorithmWithNull, readAlgorithmIdentifier } from './algorithm-identifier.ts';
import { digestOfOid, digestOid } from './digest-algorithm.ts';
import type { DigestAlgorithm } from './engine.ts';

/**
 * `hashAlgorithm [0]` and `maskGenAlgorithm [1]`, with which the parameters of RSASSA-PSS and RSAES-OAEP both begin
 * (RFC 4055 §3.1 and §4.1); both are SHA-1 where absent.
 */

const OID_MGF1 = '1.2.840.113549.1.1.8';

/** Throws NTE_BAD_ALGID for an unknown digest, and where MGF1 uses another digest than the scheme: no engine offers that. */
export function readHashAndMask(fields: DerReader): DigestAlgorithm {
  const hash = fields.optionalExplicit(0);
  const digest = hash ? onlyDigest(hash) : 'sha1';
  const mask = fields.optionalExplicit(1);
  let maskDigest: DigestAlgorithm = 'sha1';
  if (mask) {
    const generation = readAlgorithmIdentifier(mask);
    mask.finish();
    if (generation.algorithm !== OID_MGF1 || !generation.parameters) {
      throw hresult('NTE_BAD_ALGID', `Mask generation function ${generation.algorithm}.`);
    }
    maskDigest = onlyDigest(new DerReader(generation.parameters));
  }
  if (maskDigest !== digest) throw hresult('NTE_BAD_ALGID', `${digest} with MGF1 over ${maskDigest}.`);
  return digest;
}

function onlyDigest(reader: DerReader): DigestAlgorithm {
  const algorithm: AlgorithmIdentifier = readAlgorithmIdentifier(reader);
  reader.finish();
  const digest = digestOfOid(algorithm.algorithm);
  if (!digest) throw hresult('NTE_BAD_ALGID', `Digest algorithm ${algorithm.algorithm}.`);
  return digest;
}

export function hashAlgorithm(digest: DigestAlgorithm): DerNode {
  return algorithmWithNull(digestOid(digest));
}

export function maskGenAlgorithm(digest: DigestAlgorithm): DerNode {
  return sequence(oid(OID_MGF1), hashAlgorithm(digest));
}
