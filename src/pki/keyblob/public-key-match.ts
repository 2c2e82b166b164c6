import { HresultError } from '#hresult/hresult-error';
import { formatHex, isSameBytes } from '../asn1/bytes.ts';
import { type PrivateKeyInfo, privateKeyKind } from '../crypto/private-key-info.ts';
import { ecPublicKeyInfo, publicKeyKind, rsaPublicKeyInfo } from '../crypto/public-key.ts';
import { pointOfPrivateNumber } from './ec-point.ts';

/** The DER SubjectPublicKeyInfo of a private key, its point computed where the key leaves it out. Throws as privateKeyKind. */
export function computePublicKey(pkcs8: PrivateKeyInfo | Uint8Array): Uint8Array {
  const kind = privateKeyKind(pkcs8);
  if (kind.type === 'rsa') return rsaPublicKeyInfo(kind.modulus, kind.publicExponent);
  return ecPublicKeyInfo(kind.curve, kind.point ?? pointOfPrivateNumber(kind.curve, kind.d));
}

/**
 * Whether two SubjectPublicKeyInfo hold one key: encoders differ in the parameters of rsaEncryption. Keys of other kinds
 * are compared byte for byte.
 */
export function isSamePublicKey(a: Uint8Array, b: Uint8Array): boolean {
  if (isSameBytes(a, b)) return true;
  const [one, other] = [tryKind(a), tryKind(b)];
  if (one?.type === 'rsa' && other?.type === 'rsa') {
    return isSameBytes(one.modulus, other.modulus) && isSameBytes(one.publicExponent, other.publicExponent);
  }
  return one?.type === 'ec' && other?.type === 'ec' && one.curve === other.curve && isSameBytes(one.point, other.point);
}

/** A text that keys of RSA and of NIST curves share with themselves alone; undefined for other kinds. */
export function publicKeyToken(publicKey: Uint8Array): string | undefined {
  const kind = tryKind(publicKey);
  if (kind?.type === 'rsa') return `${formatHex(kind.modulus)} ${formatHex(kind.publicExponent)}`;
  return kind && `${kind.curve} ${formatHex(kind.point)}`;
}

function tryKind(publicKey: Uint8Array) {
  try {
    return publicKeyKind(publicKey);
  } catch (error) {
    if (error instanceof HresultError) return undefined;
    throw error;
  }
}
