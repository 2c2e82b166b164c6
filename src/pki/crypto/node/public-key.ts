import { constants, createPublicKey, type KeyObject, publicEncrypt, verify as verifySignature } from 'node:crypto';
import { hresult } from '#hresult/hresult-error';
import type { KeyTransport, SignatureScheme } from '../engine.ts';
import { requireScheme, requireTransport, signatureFits, transportFits, usablePublicKey } from '../usable-key.ts';
import { asBuffer, plain } from './bytes.ts';

/** A checked SubjectPublicKeyInfo as Node's key. Throws NTE_BAD_KEY, as for a point that is not on its curve. */
export function importPublicKey(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: asBuffer(spki), format: 'der', type: 'spki' });
  } catch (error) {
    throw hresult('NTE_BAD_KEY', 'OpenSSL refuses the public key.', { cause: error });
  }
}

/** The key as `sign` and `verify` take it; bare where it can be, which makes a P-256 signature a quarter cheaper in Node. */
export function keyForScheme(key: KeyObject, scheme: SignatureScheme) {
  if (scheme.name !== 'rsa-pss') return key;
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength };
}

export function transportOptions(transport: KeyTransport) {
  return transport.name === 'rsa-oaep'
    ? { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: transport.digest }
    : { padding: constants.RSA_PKCS1_PADDING };
}

export function verify(
  scheme: SignatureScheme,
  publicKey: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const kind = usablePublicKey(publicKey);
  requireScheme(scheme, kind);
  const key = importPublicKey(publicKey);
  return signatureFits(scheme, kind) && verifySignature(scheme.digest, data, keyForScheme(key, scheme), signature);
}

export function wrapKey(transport: KeyTransport, publicKey: Uint8Array, key: Uint8Array): Uint8Array {
  const modulusBytes = requireTransport(transport, usablePublicKey(publicKey));
  if (!transportFits(transport, key.length, modulusBytes)) {
    throw hresult('NTE_BAD_LEN', `A key of ${key.length} bytes under a modulus of ${modulusBytes}.`);
  }
  const options = { key: importPublicKey(publicKey), ...transportOptions(transport) };
  try {
    return plain(publicEncrypt(options, key));
  } catch (error) {
    throw hresult('NTE_BAD_KEY', 'OpenSSL refuses to encrypt to the public key.', { cause: error });
  }
}
