import {
  constants,
  createECDH,
  createPrivateKey,
  diffieHellman,
  type KeyObject,
  privateDecrypt,
  randomFillSync,
  sign as signData,
} from 'node:crypto';
import { hresult } from '#hresult/hresult-error';
import { type EcCurve, type KeyTransport, type PrivateKey, type SignatureScheme, wipe } from '../engine.ts';
import { unpadKey } from '../pkcs1-padding.ts';
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
import { importPublicKey, keyForScheme, transportOptions } from './public-key.ts';

/** Throws NTE_BAD_KEY, NTE_BAD_ALGID. */
export function importPrivateKey(pkcs8: Uint8Array): PrivateKey {
  const kind = usablePrivateKey(pkcs8);
  if (kind.type === 'rsa') {
    return new NodePrivateKey(createKey(pkcs8), rsaPublicKeyInfo(kind.modulus, kind.publicExponent));
  }
  const point = computePoint(kind);
  if (kind.point && Buffer.compare(point, kind.point) !== 0) {
    throw hresult('NTE_BAD_KEY', 'The public point is not that of the private number.');
  }
  // A key that came without its point would be exported without it again.
  const whole = ecPrivateKeyInfo(kind.curve, kind.d, point);
  try {
    return new NodePrivateKey(createKey(whole), ecPublicKeyInfo(kind.curve, point));
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
  #key: KeyObject | undefined;

  constructor(key: KeyObject, publicKey: Uint8Array) {
    this.#key = key;
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
    const substitute = randomFillSync(new Uint8Array(keyLength));
    if (!transportFits(transport, keyLength, modulusBytes) || encryptedKey.length !== modulusBytes) return substitute;
    return transport.name === 'rsa-pkcs1'
      ? unwrapPkcs1(key, encryptedKey, substitute)
      : unwrapOaep(key, transport, encryptedKey, substitute);
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

/**
 * OpenSSL's own RSA_PKCS1_PADDING is refused by some versions of Node and answers made-up keys of any length in others;
 * the bare operation is in all of them, blinded, and its padding is taken off in one pattern of work.
 */
function unwrapPkcs1(key: KeyObject, encryptedKey: Uint8Array, substitute: Uint8Array): Uint8Array {
  let block: Uint8Array;
  try {
    block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, encryptedKey);
  } catch {
    // A number not below the modulus: whoever sent it knows that without us.
    return substitute;
  }
  try {
    return unpadKey(block, substitute.length, substitute);
  } finally {
    wipe(block, substitute);
  }
}

function unwrapOaep(
  key: KeyObject,
  transport: KeyTransport,
  encryptedKey: Uint8Array,
  substitute: Uint8Array,
): Uint8Array {
  try {
    const unwrapped = plain(privateDecrypt({ key, ...transportOptions(transport) }, encryptedKey));
    if (unwrapped.length === substitute.length) return unwrapped;
    wipe(unwrapped);
  } catch {
    // One error for all that can be wrong inside (RFC 8017 §7.1.2, note); nothing of it is passed on.
  }
  return substitute;
}
