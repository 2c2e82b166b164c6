import { hresult } from '#hresult/hresult-error';
import { DerReader } from '../asn1/der-reader.ts';
import { type DerNode, encodeDer, integer, octetStringOf, oid, sequence } from '../asn1/der-writer.ts';
import { contextConstructed, contextPrimitive } from '../asn1/tag.ts';
import {
  type AlgorithmIdentifier,
  algorithmIdentifier,
  algorithmWithNull,
  readAlgorithmIdentifier,
} from './algorithm-identifier.ts';
import { decodeEcPrivateKey, ecPrivateKey } from './ec-private-key.ts';
import { type EcCurve, wipe } from './engine.ts';
import {
  curveBytes,
  curveOfOid,
  curveOid,
  ecPublicKeyInfo,
  OID_EC_PUBLIC_KEY,
  OID_RSA_ENCRYPTION,
  rsaPublicKeyInfo,
} from './public-key.ts';
import { decodeRsaPrivateKey, type RSAPrivateKey, rsaPrivateKey } from './rsa-private-key.ts';

/**
 * `PrivateKeyInfo` of PKCS#8, RFC 5208 §5, with the public key of RFC 5958 §2.
 *
 * ```asn1
 * PrivateKeyInfo ::= SEQUENCE { version INTEGER, privateKeyAlgorithm AlgorithmIdentifier, privateKey OCTET STRING,
 *   attributes [0] IMPLICIT Attributes OPTIONAL, publicKey [1] IMPLICIT BIT STRING OPTIONAL }
 * ```
 */
export interface PrivateKeyInfo {
  readonly version: number;
  readonly privateKeyAlgorithm: AlgorithmIdentifier;
  /** DER RSAPrivateKey or ECPrivateKey. */
  readonly privateKey: Uint8Array;
  /** The whole `[0]`, header included; Windows keeps the key's use there. */
  readonly attributes: Uint8Array | undefined;
  /** The whole `[1]`, header included. */
  readonly publicKey: Uint8Array | undefined;
}

/** Views into `der`. */
export function decodePrivateKeyInfo(der: Uint8Array): PrivateKeyInfo {
  const outer = new DerReader(der);
  const fields = outer.sequence();
  outer.finish();
  const version = fields.smallInteger();
  if (version !== 0 && version !== 1) throw hresult('NTE_BAD_KEY', `PrivateKeyInfo of version ${version}.`);
  const privateKeyAlgorithm = readAlgorithmIdentifier(fields);
  const privateKey = fields.octetString();
  const attributes = fields.peek() === contextConstructed(0) ? fields.element() : undefined;
  const publicKey = fields.peek() === contextPrimitive(1) ? fields.element() : undefined;
  fields.finish();
  return { version, privateKeyAlgorithm, privateKey, attributes, publicKey };
}

/** The caller wipes what is answered. */
export function encodePrivateKeyInfo(info: PrivateKeyInfo): Uint8Array {
  return encodeInfo(info.version, algorithmIdentifier(info.privateKeyAlgorithm), info.privateKey, info);
}

function encodeInfo(
  version: number,
  algorithm: DerNode,
  privateKey: DerNode | Uint8Array,
  rest: { readonly attributes?: Uint8Array | undefined; readonly publicKey?: Uint8Array | undefined } = {},
): Uint8Array {
  return encodeDer(sequence(integer(version), algorithm, octetStringOf(privateKey), rest.attributes, rest.publicKey));
}

/** What a private key is, read from its PrivateKeyInfo; views into it. */
export type PrivateKeyKind =
  | ({ readonly type: 'rsa' } & RSAPrivateKey)
  /** `d` is `curveBytes` long; `point` uncompressed, undefined where the key leaves it out. */
  | {
      readonly type: 'ec';
      readonly curve: EcCurve;
      readonly d: Uint8Array;
      readonly point: Uint8Array | undefined;
    };

/** Throws NTE_BAD_ALGID for a key that is neither RSA nor on a NIST curve, NTE_BAD_KEY for one that contradicts itself. */
export function privateKeyKind(pkcs8: PrivateKeyInfo | Uint8Array): PrivateKeyKind {
  const info = pkcs8 instanceof Uint8Array ? decodePrivateKeyInfo(pkcs8) : pkcs8;
  const { algorithm, parameters } = info.privateKeyAlgorithm;
  if (algorithm === OID_RSA_ENCRYPTION) return { type: 'rsa', ...decodeRsaPrivateKey(info.privateKey) };
  if (algorithm !== OID_EC_PUBLIC_KEY) {
    throw hresult('NTE_BAD_ALGID', `Private key algorithm ${algorithm}.`, {
      hint: 'keys are RSA (1.2.840.113549.1.1.1) or on a NIST curve (1.2.840.10045.2.1); others have no use here',
    });
  }
  const key = decodeEcPrivateKey(info.privateKey);
  const named = parameters ? new DerReader(parameters).oid() : undefined;
  const curve = named === undefined ? key.parameters : curveOfOid(named);
  if (!curve)
    throw hresult('NTE_BAD_ALGID', named === undefined ? 'Elliptic curve not named.' : `Elliptic curve ${named}.`);
  if (key.parameters && key.parameters !== curve) throw hresult('NTE_BAD_KEY', 'The key names two curves.');
  const bytes = curveBytes(curve);
  // RFC 5915 §3 fixes the length; a key of another length was cut or padded by somebody.
  if (key.privateKey.length !== bytes) {
    throw hresult('NTE_BAD_KEY', `A private number of ${key.privateKey.length} bytes on ${curve}.`);
  }
  const point = key.publicKey;
  if (point && (point[0] !== 4 || point.length !== 1 + 2 * bytes)) {
    throw hresult('NTE_BAD_KEY', 'The public point is not in uncompressed form.');
  }
  return { type: 'ec', curve, d: key.privateKey, point };
}

/** DER PrivateKeyInfo of an RSA key; `attributes` as PrivateKeyInfo holds them. The caller wipes what is answered. */
export function rsaPrivateKeyInfo(key: RSAPrivateKey, attributes?: Uint8Array): Uint8Array {
  const node = rsaPrivateKey(key);
  try {
    return encodeInfo(0, algorithmWithNull(OID_RSA_ENCRYPTION), node, { attributes });
  } finally {
    wipeCopies(node, Object.values(key));
  }
}

/** The numbers that had to be copied for a sign octet. */
function wipeCopies(node: DerNode, originals: readonly Uint8Array[]): void {
  for (const child of node.content) {
    if (typeof child === 'number' || child instanceof Uint8Array || !(child.content instanceof Uint8Array)) continue;
    const { buffer } = child.content;
    if (!originals.some((original) => original.buffer === buffer)) wipe(child.content);
  }
}

/**
 * DER PrivateKeyInfo of an EC key: `d` is padded to the curve's length, `point` is the uncompressed public point.
 * The caller wipes what is answered.
 */
export function ecPrivateKeyInfo(
  curve: EcCurve,
  d: Uint8Array,
  point?: Uint8Array,
  attributes?: Uint8Array,
): Uint8Array {
  const bytes = curveBytes(curve);
  const excess = Math.max(0, d.length - bytes);
  if (d.subarray(0, excess).some((octet) => octet !== 0))
    throw hresult('NTE_BAD_KEY', `The private number is over ${curve}.`);
  const privateKey = new Uint8Array(bytes);
  try {
    privateKey.set(d.subarray(excess), bytes - (d.length - excess));
    const algorithm = sequence(oid(OID_EC_PUBLIC_KEY), oid(curveOid(curve)));
    const key = ecPrivateKey({ privateKey, parameters: undefined, publicKey: point });
    return encodeInfo(0, algorithm, key, { attributes });
  } finally {
    wipe(privateKey);
  }
}

/** DER SubjectPublicKeyInfo; undefined for an EC key without its point, which only an engine can compute. */
export function publicKeyOfPrivateKeyInfo(pkcs8: PrivateKeyInfo | Uint8Array): Uint8Array | undefined {
  const kind = privateKeyKind(pkcs8);
  if (kind.type === 'rsa') return rsaPublicKeyInfo(kind.modulus, kind.publicExponent);
  return kind.point && ecPublicKeyInfo(kind.curve, kind.point);
}
