import {
  createECDH,
  createPrivateKey,
  diffieHellman,
  type KeyObject,
  randomFillSync,
  sign as signData,
} from 'node:crypto';
import { hresult } from '#hresult/hresult-error';
import { type EcCurve, type KeyTransport, type PrivateKey, type SignatureScheme, wipe } from '../engine.ts';
import { ecPrivateKeyInfo, type PrivateKeyKind } from '../private-key-info.ts';
import { ecPublicKeyInfo, type PublicKeyKind, publicKeyKind, rsaPublicKeyInfo } from '../public-key.ts';
import {
  requireScheme,
  requireTransport,
  signatureFits,
  transportFits,
  usablePrivateKey,
  usablePublicKey,
} from '../usable-key.ts';
import { asBuffer, plain } from './bytes.ts';
import type { KeyThreads } from './key-threads.ts';
import { importPublicKey, keyForScheme } from './public-key.ts';
import { unwrapKey } from './unwrap-key.ts';

/** Unwraps in `threads` where there are any. Throws NTE_BAD_KEY, NTE_BAD_ALGID. */
export function importPrivateKey(pkcs8: Uint8Array, threads?: KeyThreads): PrivateKey {
  const kind = usablePrivateKey(pkcs8);
  if (kind.type === 'rsa') {
    return new NodePrivateKey(createKey(pkcs8), rsaPublicKeyInfo(kind.modulus, kind.publicExponent), threads);
  }
  const point = computePoint(kind);
  if (kind.point && Buffer.compare(point, kind.point) !== 0) {
    throw hresult('NTE_BAD_KEY', 'The public point is not that of the private number.');
  }
  // A key that came without its point would be exported without it again.
  const whole = ecPrivateKeyInfo(kind.curve, kind.d, point);
  try {
    return new NodePrivateKey(createKey(whole), ecPublicKeyInfo(kind.curve, point), threads);
  } finally {
    wipe(whole);
  }
}

const ECDH_NAMES: Record<EcCurve, string> = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' };

/** OpenSSL believes a point that stands in a key, so it is computed from the private number alone. */
function computePoint(kind: PrivateKeyKind & { readonly type: 'ec' }): Uint8Array {
  const pair = createECDH(ECDH_NAMES[kind.curve]);
  try {
    pair.setPrivateKey(kind.d);
  } catch (error) {
    throw hresult('NTE_BAD_KEY', 'OpenSSL refuses the private number.', { cause: error });
  }
  return plain(pair.getPublicKey());
}

function createKey(pkcs8: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: asBuffer(pkcs8), format: 'der', type: 'pkcs8' });
  } catch (error) {
    throw hresult('NTE_BAD_KEY', 'OpenSSL refuses the private key.', { cause: error });
  }
}

class NodePrivateKey implements PrivateKey {
  readonly publicKey: Uint8Array;
  readonly #kind: PublicKeyKind;
  readonly #threads: KeyThreads | undefined;
  #key: KeyObject | undefined;

  constructor(key: KeyObject, publicKey: Uint8Array, threads: KeyThreads | undefined) {
    this.#key = key;
    this.#threads = threads;
    this.publicKey = publicKey;
    this.#kind = publicKeyKind(publicKey);
  }

  get #handle(): KeyObject {
    if (!this.#key) throw hresult('NTE_INVALID_HANDLE', 'The private key was destroyed.');
    return this.#key;
  }

  async sign(scheme: SignatureScheme, data: Uint8Array): Promise<Uint8Array> {
    requireScheme(scheme, this.#kind);
    if (!signatureFits(scheme, this.#kind)) throw hresult('NTE_BAD_LEN', `The key is too short for ${scheme.digest}.`);
    const key = keyForScheme(this.#handle, scheme);
    // P-256 signs in less time than the way to the pool and back takes.
    if (this.#kind.bits === 256) return plain(signData(scheme.digest, data, key));
    return new Promise((resolve, reject) => {
      signData(scheme.digest, data, key, (error, signature) => {
        if (error) reject(hresult('NTE_FAIL', 'OpenSSL did not sign.', { cause: error }));
        else resolve(plain(signature));
      });
    });
  }

  async unwrapKey(transport: KeyTransport, encryptedKey: Uint8Array, keyLength: number): Promise<Uint8Array> {
    const modulusBytes = requireTransport(transport, this.#kind);
    const key = this.#handle;
    if (!transportFits(transport, keyLength, modulusBytes) || encryptedKey.length !== modulusBytes)
      return randomFillSync(new Uint8Array(keyLength));
    if (this.#threads) return this.#threads.unwrapKey({ key, transport, encryptedKey, keyLength });
    return unwrapKey(key, transport, encryptedKey, keyLength);
  }

  async agree(peerPublicKey: Uint8Array): Promise<Uint8Array> {
    const peer = usablePublicKey(peerPublicKey);
    if (this.#kind.type !== 'ec') throw hresult('NTE_BAD_ALGID', 'Key agreement with an RSA key.');
    if (peer.type !== 'ec' || peer.curve !== this.#kind.curve) {
      throw hresult('NTE_BAD_KEY', `The peer's key is not on ${this.#kind.curve}.`);
    }
    return plain(diffieHellman({ privateKey: this.#handle, publicKey: importPublicKey(peerPublicKey) }));
  }

  async exportPkcs8(): Promise<Uint8Array> {
    return plain(this.#handle.export({ format: 'der', type: 'pkcs8' }));
  }

  destroy(): void {
    this.#key = undefined;
  }
}
