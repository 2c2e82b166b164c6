import { hresult } from '#hresult/hresult-error';
import { DerReader } from '../asn1/der-reader.ts';
import { type DerNode, explicit, integer, oid, sequence } from '../asn1/der-writer.ts';
import { TAG } from '../asn1/tag.ts';
import { type AlgorithmIdentifier, algorithmWithNull, readAlgorithmIdentifier } from './algorithm-identifier.ts';
import { digestOfOid } from './digest-algorithm.ts';
import type { DigestAlgorithm, SignatureScheme } from './engine.ts';
import { hashAlgorithm, maskGenAlgorithm, readHashAndMask } from './mask-generation.ts';
import { OID_EC_PUBLIC_KEY, OID_RSA_ENCRYPTION, publicKeyKind } from './public-key.ts';

const OID_RSASSA_PSS = '1.2.840.113549.1.1.10';
/** The digest stands in the parameters: what AD CS writes under `AlternateSignatureAlgorithm=1` with an EC key. */
const OID_SPECIFIED_ECDSA = '1.2.840.10045.4.3';

type NamedScheme = readonly [oid: string, name: 'rsa-pkcs1' | 'ecdsa', digest: DigestAlgorithm];

/** RFC 3279 §2.2, RFC 4055 §5, RFC 5758 §3.2. The first row of a scheme is the one that is written. */
const SCHEMES: readonly NamedScheme[] = [
  ['1.2.840.113549.1.1.11', 'rsa-pkcs1', 'sha256'],
  ['1.2.840.113549.1.1.12', 'rsa-pkcs1', 'sha384'],
  ['1.2.840.113549.1.1.13', 'rsa-pkcs1', 'sha512'],
  ['1.2.840.113549.1.1.5', 'rsa-pkcs1', 'sha1'],
  ['1.2.840.113549.1.1.4', 'rsa-pkcs1', 'md5'],
  ['1.2.840.10045.4.3.2', 'ecdsa', 'sha256'],
  ['1.2.840.10045.4.3.3', 'ecdsa', 'sha384'],
  ['1.2.840.10045.4.3.4', 'ecdsa', 'sha512'],
  ['1.2.840.10045.4.1', 'ecdsa', 'sha1'],
  // OIW's identifiers of the same two, in certificates of old Windows tools.
  ['1.3.14.3.2.29', 'rsa-pkcs1', 'sha1'],
  ['1.3.14.3.2.3', 'rsa-pkcs1', 'md5'],
];

/** Throws NTE_BAD_ALGID for what no engine verifies (DSA among it), Asn1Error for malformed parameters. */
export function signatureScheme(algorithm: AlgorithmIdentifier): SignatureScheme {
  const row = SCHEMES.find(([id]) => id === algorithm.algorithm);
  if (row) {
    requireNoParameters(algorithm);
    return { name: row[1], digest: row[2] };
  }
  if (algorithm.algorithm === OID_RSASSA_PSS && algorithm.parameters) return pssScheme(algorithm.parameters);
  if (algorithm.algorithm === OID_SPECIFIED_ECDSA && algorithm.parameters) {
    return { name: 'ecdsa', digest: knownDigest(readAlgorithmIdentifier(new DerReader(algorithm.parameters))) };
  }
  throw hresult('NTE_BAD_ALGID', `Signature algorithm ${algorithm.algorithm}.`);
}

/**
 * The scheme of a SignerInfo. Its signatureAlgorithm may name only the kind of key, rsaEncryption (RFC 3370 §3.2) or
 * id-ecPublicKey, and then the digest is that of its digestAlgorithm. Throws as `signatureScheme`.
 */
export function cmsSignatureScheme(
  signatureAlgorithm: AlgorithmIdentifier,
  digestAlgorithm: AlgorithmIdentifier,
): SignatureScheme {
  switch (signatureAlgorithm.algorithm) {
    case OID_RSA_ENCRYPTION:
      return { name: 'rsa-pkcs1', digest: knownDigest(digestAlgorithm) };
    case OID_EC_PUBLIC_KEY:
      return { name: 'ecdsa', digest: knownDigest(digestAlgorithm) };
    default:
      return signatureScheme(signatureAlgorithm);
  }
}

/** The AlgorithmIdentifier of a scheme: RSA with NULL, RSASSA-PSS with its parameters, ECDSA without any. */
export function signatureAlgorithm(scheme: SignatureScheme): DerNode {
  if (scheme.name === 'rsa-pss') return sequence(oid(OID_RSASSA_PSS), pssParameters(scheme.digest, scheme.saltLength));
  const row = SCHEMES.find(([, name, digest]) => name === scheme.name && digest === scheme.digest);
  if (!row) throw hresult('NTE_BAD_ALGID', `${scheme.name} with ${scheme.digest}.`);
  return scheme.name === 'ecdsa' ? sequence(oid(row[0])) : algorithmWithNull(row[0]);
}

/** What a key signs with unless told otherwise. Throws NTE_BAD_ALGID for a key of an unknown kind. */
export function defaultScheme(publicKey: Uint8Array, digest?: DigestAlgorithm): SignatureScheme {
  const kind = publicKeyKind(publicKey);
  if (kind.type === 'rsa') return { name: 'rsa-pkcs1', digest: digest ?? 'sha256' };
  const matching = { 'P-256': 'sha256', 'P-384': 'sha384', 'P-521': 'sha512' } as const;
  return { name: 'ecdsa', digest: digest ?? matching[kind.curve] };
}

function knownDigest(algorithm: AlgorithmIdentifier): DigestAlgorithm {
  const digest = digestOfOid(algorithm.algorithm);
  if (!digest) throw hresult('NTE_BAD_ALGID', `Digest algorithm ${algorithm.algorithm}.`);
  return digest;
}

/** RFC 4055 §5 asks for NULL with RSA, RFC 5758 §3.2 for nothing with ECDSA; both are met with both. */
function requireNoParameters({ algorithm, parameters }: AlgorithmIdentifier): void {
  if (parameters && !(parameters.length === 2 && parameters[0] === TAG.NULL)) {
    throw hresult('NTE_BAD_ALGID', `Signature algorithm ${algorithm} with parameters.`);
  }
}

function pssScheme(parameters: Uint8Array): SignatureScheme {
  const outer = new DerReader(parameters);
  const fields = outer.sequence();
  outer.finish();
  const digest = readHashAndMask(fields);
  const salt = fields.optionalExplicit(2);
  const saltLength = salt ? salt.smallInteger() : 20;
  salt?.finish();
  const trailer = fields.optionalExplicit(3);
  const trailerField = trailer ? trailer.smallInteger() : 1;
  trailer?.finish();
  fields.finish();
  if (saltLength < 0 || trailerField !== 1) throw hresult('NTE_BAD_ALGID', 'RSASSA-PSS parameters out of range.');
  return { name: 'rsa-pss', digest, saltLength };
}

/** RSASSA-PSS-params, RFC 4055 §3.1; fields at their defaults do not stand (X.690 §11.5). */
function pssParameters(digest: DigestAlgorithm, saltLength: number): DerNode {
  return sequence(
    digest === 'sha1' ? undefined : explicit(0, hashAlgorithm(digest)),
    digest === 'sha1' ? undefined : explicit(1, maskGenAlgorithm(digest)),
    saltLength === 20 ? undefined : explicit(2, integer(saltLength)),
  );
}
