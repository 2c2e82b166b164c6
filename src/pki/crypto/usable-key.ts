import { HresultError, hresult } from '#hresult/hresult-error';
import { isPrivateNumber } from './curve-order.ts';
import { digestLength } from './digest-algorithm.ts';
import type { KeyParameters, KeyTransport, SignatureScheme } from './engine.ts';
import { fitsPkcs1 } from './pkcs1-padding.ts';
import { type PrivateKeyKind, privateKeyKind } from './private-key-info.ts';
import { type PublicKeyKind, publicKeyKind } from './public-key.ts';
import { rsaKeyHoldsTogether } from './rsa-consistency.ts';

/** What both engines ask of a key before they touch it, so that both refuse the same ones with the same code. */

const MIN_RSA_BITS = 512;
/** OpenSSL's own bounds (OPENSSL_RSA_MAX_MODULUS_BITS, OPENSSL_RSA_MAX_PUBEXP_BITS): beyond them one check takes seconds. */
const MAX_RSA_BITS = 16384;
const MAX_EXPONENT_BYTES = 8;

/** Throws NTE_BAD_ALGID for a key no engine works with, NTE_BAD_KEY for malformed bytes and numbers out of bounds. */
export function usablePublicKey(spki: Uint8Array): PublicKeyKind {
  const kind = badKeyOf(() => publicKeyKind(spki));
  if (kind.type === 'rsa') requireRsaBounds(kind);
  return kind;
}

/** The same, and NTE_BAD_KEY for an RSA key whose numbers do not belong together and a private number out of range. */
export function usablePrivateKey(pkcs8: Uint8Array): PrivateKeyKind {
  const kind = badKeyOf(() => privateKeyKind(pkcs8));
  if (kind.type === 'ec' && !isPrivateNumber(kind.curve, kind.d)) {
    throw hresult('NTE_BAD_KEY', `The private number is out of the range of ${kind.curve}.`);
  }
  if (kind.type === 'rsa') {
    requireRsaBounds(kind);
    if (!rsaKeyHoldsTogether(kind)) {
      throw hresult('NTE_BAD_KEY', 'The numbers of the RSA key do not belong together.');
    }
  }
  return kind;
}

function badKeyOf<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof HresultError) || error.symbol === 'NTE_BAD_ALGID' || error.symbol === 'NTE_BAD_KEY')
      throw error;
    throw hresult('NTE_BAD_KEY', 'The key is not well formed.', { cause: error });
  }
}

function requireRsaBounds(key: { readonly modulus: Uint8Array; readonly publicExponent: Uint8Array }): void {
  const { modulus, publicExponent } = key;
  const bits = modulus.length * 8 - Math.clz32(modulus[0]!) + 24;
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS || (modulus.at(-1)! & 1) === 0) {
    throw hresult('NTE_BAD_KEY', `RSA modulus of ${bits} bits.`);
  }
  const isUnderThree = publicExponent.length === 1 && publicExponent[0]! < 3;
  if (publicExponent.length > MAX_EXPONENT_BYTES || isUnderThree || (publicExponent.at(-1)! & 1) === 0) {
    throw hresult('NTE_BAD_KEY', 'RSA public exponent out of range.');
  }
}

/** Throws NTE_BAD_LEN for an RSA key of a length no engine makes. */
export function requireGeneratable(parameters: KeyParameters): void {
  if (parameters.type !== 'rsa') return;
  const { modulusLength } = parameters;
  if (!(modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS && modulusLength % 8 === 0)) {
    throw hresult('NTE_BAD_LEN', `RSA modulus of ${modulusLength} bits.`);
  }
}

/** Throws NTE_BAD_ALGID where the scheme is not one for this key. */
export function requireScheme(scheme: SignatureScheme, key: PublicKeyKind): void {
  const fits =
    (scheme.name === 'ecdsa') === (key.type === 'ec') && (scheme.digest !== 'md5' || scheme.name === 'rsa-pkcs1');
  if (!fits) throw hresult('NTE_BAD_ALGID', `${scheme.name} with ${scheme.digest} by an ${key.type} key.`);
}

/** DigestInfo's header (RFC 8017 §9.2 note 1) without the digest, for SHA-1, MD5 and the SHA-2 family. */
export function digestInfoOverhead(digest: SignatureScheme['digest']): number {
  return digest === 'sha1' ? 15 : digest === 'md5' ? 18 : 19;
}

/** Whether a signature of this scheme can be made with a modulus of this length (RFC 8017 §9.1.1 and §9.2, step 3). */
export function signatureFits(scheme: SignatureScheme, key: PublicKeyKind): boolean {
  if (key.type === 'ec' || scheme.name === 'ecdsa') return true;
  const digest = digestLength(scheme.digest);
  if (scheme.name === 'rsa-pkcs1') return fitsPkcs1(digestInfoOverhead(scheme.digest) + digest, key.modulus.length);
  const { saltLength } = scheme;
  return Number.isInteger(saltLength) && saltLength >= 0 && digest + saltLength + 2 <= Math.ceil((key.bits - 1) / 8);
}

/** RFC 8017 §8.1.2 and §8.2.2, step 1: a signature is as long as the modulus; OpenSSL takes one without its leading zeros too. */
export function hasSignatureLength(signature: Uint8Array, key: PublicKeyKind): boolean {
  return key.type === 'ec' || signature.length === key.modulus.length;
}

/** The bytes of the modulus. Throws NTE_BAD_ALGID for a key that is not RSA or a transport no engine has. */
export function requireTransport(transport: KeyTransport, key: PublicKeyKind): number {
  if (key.type !== 'rsa' || (transport.name === 'rsa-oaep' && transport.digest === 'md5')) {
    throw hresult('NTE_BAD_ALGID', `${transport.name} to an ${key.type} key.`);
  }
  return key.modulus.length;
}

/** Whether a key of so many bytes can be transported under a modulus of so many (RFC 8017 §7.1.1 and §7.2.1). */
export function transportFits(transport: KeyTransport, keyLength: number, modulusBytes: number): boolean {
  if (transport.name === 'rsa-pkcs1') return fitsPkcs1(keyLength, modulusBytes);
  return keyLength <= modulusBytes - 2 * digestLength(transport.digest) - 2;
}
