import { hresult } from '#hresult/hresult-error';
import { DerReader } from '../asn1/der-reader.ts';
import { type DerNode, explicit, oid, sequence } from '../asn1/der-writer.ts';
import { type AlgorithmIdentifier, algorithmWithNull, readAlgorithmIdentifier } from './algorithm-identifier.ts';
import type { DigestAlgorithm, KeyTransport } from './engine.ts';
import { hashAlgorithm, maskGenAlgorithm, readHashAndMask } from './mask-generation.ts';
import { OID_RSA_ENCRYPTION } from './public-key.ts';

const OID_RSAES_OAEP = '1.2.840.113549.1.1.7';
const OID_P_SPECIFIED = '1.2.840.113549.1.1.9';

/**
 * How a KeyTransRecipientInfo carries its key. Throws NTE_BAD_ALGID for a scheme that is not read here, for OAEP with a
 * label, and for OAEP whose MGF1 uses another digest than the scheme; Asn1Error for malformed parameters.
 */
export function keyTransport(algorithm: AlgorithmIdentifier): KeyTransport {
  switch (algorithm.algorithm) {
    case OID_RSA_ENCRYPTION:
      return { name: 'rsa-pkcs1' };
    case OID_RSAES_OAEP:
      return { name: 'rsa-oaep', digest: algorithm.parameters ? oaepDigest(algorithm.parameters) : 'sha1' };
    default:
      throw hresult('NTE_BAD_ALGID', `Key transport algorithm ${algorithm.algorithm}.`);
  }
}

/** RSAES-OAEP-params, RFC 4055 §4.1. */
function oaepDigest(parameters: Uint8Array): DigestAlgorithm {
  const outer = new DerReader(parameters);
  const fields = outer.sequence();
  outer.finish();
  const digest = readHashAndMask(fields);
  const source = fields.optionalExplicit(2);
  if (source) {
    const label = readAlgorithmIdentifier(source);
    source.finish();
    const empty = label.parameters?.length === 2 && label.parameters[0] === 0x04;
    if (label.algorithm !== OID_P_SPECIFIED || !empty) throw hresult('NTE_BAD_ALGID', 'RSAES-OAEP with a label.');
  }
  fields.finish();
  return digest;
}

/** The AlgorithmIdentifier of a transport; OAEP's fields at their defaults do not stand (X.690 §11.5). */
export function keyTransportAlgorithm(transport: KeyTransport): DerNode {
  if (transport.name === 'rsa-pkcs1') return algorithmWithNull(OID_RSA_ENCRYPTION);
  const { digest } = transport;
  const parameters =
    digest === 'sha1'
      ? sequence()
      : sequence(explicit(0, hashAlgorithm(digest)), explicit(1, maskGenAlgorithm(digest)));
  return sequence(oid(OID_RSAES_OAEP), parameters);
}
