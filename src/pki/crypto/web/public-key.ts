import { hresult } from '#hresult/hresult-error';
import { decodeEcdsaSignature } from '../ecdsa-signature.ts';
import type { EcCurve, KeyTransport, SignatureScheme } from '../engine.ts';
import { padKey } from '../pkcs1-padding.ts';
import { curveBytes, ecPublicKeyInfo, type PublicKeyKind, rsaPublicKeyInfo } from '../public-key.ts';
import {
  hasSignatureLength,
  requireScheme,
  requireTransport,
  signatureFits,
  transportFits,
  usablePublicKey,
} from '../usable-key.ts';
import { emsaPkcs1 } from './emsa-pkcs1.ts';
import { md5 } from './md5.ts';
import { rsaPublicOperation } from './rsa.ts';
import { importFault, type SubtleCrypto, type WebCryptoKey, type WebDigest, webDigestName } from './web-crypto.ts';

type KeyAlgorithm =
  | { readonly name: 'RSASSA-PKCS1-v1_5' | 'RSA-PSS' | 'RSA-OAEP'; readonly hash: string }
  | { readonly name: 'ECDSA' | 'ECDH'; readonly namedCurve: EcCurve };

/** The key goes in as we write it: WebCrypto refuses some spellings that certificates have, such as an absent NULL. */
export async function importPublicKey(
  subtle: SubtleCrypto,
  kind: PublicKeyKind,
  algorithm: KeyAlgorithm,
  uses: readonly ('verify' | 'encrypt')[],
): Promise<WebCryptoKey> {
  const spki =
    kind.type === 'rsa' ? rsaPublicKeyInfo(kind.modulus, kind.publicExponent) : ecPublicKeyInfo(kind.curve, kind.point);
  try {
    return await subtle.importKey('spki', spki, algorithm, false, [...uses]);
  } catch (error) {
    throw importFault(error, 'public key');
  }
}

/** What WebCrypto calls a scheme: once for the key, once for the operation. MD5 signatures are not among its own. */
export function webScheme(scheme: SignatureScheme, kind: PublicKeyKind) {
  const hash = webDigestName(scheme.digest as WebDigest);
  if (kind.type === 'ec')
    return { key: { name: 'ECDSA', namedCurve: kind.curve }, use: { name: 'ECDSA', hash } } as const;
  if (scheme.name === 'rsa-pss') {
    return { key: { name: 'RSA-PSS', hash }, use: { name: 'RSA-PSS', saltLength: scheme.saltLength } } as const;
  }
  return { key: { name: 'RSASSA-PKCS1-v1_5', hash }, use: { name: 'RSASSA-PKCS1-v1_5' } } as const;
}

export async function verify(
  subtle: SubtleCrypto,
  scheme: SignatureScheme,
  publicKey: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const kind = usablePublicKey(publicKey);
  requireScheme(scheme, kind);
  if (!hasSignatureLength(signature, kind)) return false;
  if (scheme.digest === 'md5') return verifyMd5(kind, data, signature);
  const { key: algorithm, use } = webScheme(scheme, kind);
  const key = await importPublicKey(subtle, kind, algorithm, ['verify']);
  if (!signatureFits(scheme, kind)) return false;
  const raw = kind.type === 'ec' ? decodeEcdsaSignature(signature, curveBytes(kind.curve)) : signature;
  return raw !== undefined && (await subtle.verify(use, key, raw, data));
}

function verifyMd5(kind: PublicKeyKind, data: Uint8Array, signature: Uint8Array): boolean {
  if (kind.type !== 'rsa' || signature.length !== kind.modulus.length) return false;
  const block = rsaPublicOperation(kind, signature);
  const expected = emsaPkcs1('md5', md5(data), kind.modulus.length);
  return block !== undefined && expected.every((octet, i) => block[i] === octet);
}

export async function wrapKey(
  subtle: SubtleCrypto,
  random: (length: number) => Uint8Array,
  transport: KeyTransport,
  publicKey: Uint8Array,
  key: Uint8Array,
): Promise<Uint8Array> {
  const kind = usablePublicKey(publicKey);
  const modulusBytes = requireTransport(transport, kind);
  if (kind.type !== 'rsa' || !transportFits(transport, key.length, modulusBytes)) {
    throw hresult('NTE_BAD_LEN', `A key of ${key.length} bytes under a modulus of ${modulusBytes}.`);
  }
  if (transport.name === 'rsa-oaep') {
    const algorithm = { name: 'RSA-OAEP', hash: webDigestName(transport.digest as WebDigest) } as const;
    const imported = await importPublicKey(subtle, kind, algorithm, ['encrypt']);
    try {
      return new Uint8Array(await subtle.encrypt({ name: 'RSA-OAEP' }, imported, key));
    } catch (error) {
      throw hresult('NTE_BAD_KEY', 'WebCrypto refuses to encrypt to the public key.', { cause: error });
    }
  }
  const block = padKey(key, modulusBytes, random);
  try {
    // The block begins with a zero octet and so is below the modulus.
    return rsaPublicOperation(kind, block)!;
  } finally {
    block.fill(0);
  }
}
