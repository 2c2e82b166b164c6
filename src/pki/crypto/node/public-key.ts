import { constants, createPublicKey, type KeyObject, publicEncrypt, verify as verifySignature } from 'node:crypto';
import { hresult } from '#hresult/hresult-error';
import type { KeyTransport, SignatureScheme } from '../engine.ts';
import type { PublicKeyKind } from '../public-key.ts';
import {
  hasSignatureLength,
  requireScheme,
  requireTransport,
  signatureFits,
  transportFits,
  usablePublicKey,
} from '../usable-key.ts';
import { asBuffer, plain } from './bytes.ts';

/** A CA's own keys, its exchange keys, its key recovery agents, those of RAs: they come again with every request. */
const KEPT = 64;

interface TakenPublicKey {
  readonly kind: PublicKeyKind;
  readonly key: KeyObject;
}

/** Public keys as Node has them; the ones that were used last are kept, since taking one in costs more than to verify with it. */
export class PublicKeys {
  readonly #kept = new Map<string, TakenPublicKey>();

  /** Throws NTE_BAD_ALGID, and NTE_BAD_KEY, as for a point that is not on its curve. */
  of(spki: Uint8Array): TakenPublicKey {
    const name = asBuffer(spki).toString('latin1');
    const known = this.#kept.get(name);
    if (known !== undefined) {
      // The order of a Map is that of insertion: what is used goes to its end.
      this.#kept.delete(name);
      this.#kept.set(name, known);
      return known;
    }
    const taken = { kind: usablePublicKey(spki), key: importPublicKey(spki) };
    if (this.#kept.size >= KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(name, taken);
    return taken;
  }

  verify(scheme: SignatureScheme, publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
    const { kind, key } = this.of(publicKey);
    requireScheme(scheme, kind);
    if (!signatureFits(scheme, kind) || !hasSignatureLength(signature, kind)) return false;
    return verifySignature(scheme.digest, data, keyForScheme(key, scheme), signature);
  }

  wrapKey(transport: KeyTransport, publicKey: Uint8Array, transported: Uint8Array): Uint8Array {
    const { kind, key } = this.of(publicKey);
    const modulusBytes = requireTransport(transport, kind);
    if (!transportFits(transport, transported.length, modulusBytes)) {
      throw hresult('NTE_BAD_LEN', `A key of ${transported.length} bytes under a modulus of ${modulusBytes}.`);
    }
    try {
      return plain(publicEncrypt({ key, ...transportOptions(transport) }, transported));
    } catch (error) {
      throw hresult('NTE_BAD_KEY', 'OpenSSL refuses to encrypt to the public key.', { cause: error });
    }
  }
}

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
