import { hresult } from '#hresult/hresult-error';
import { encodeEcdsaSignature } from '../ecdsa-signature.ts';
import { type KeyTransport, type PrivateKey, type SignatureScheme, wipe } from '../engine.ts';
import { unpadKey } from '../pkcs1-padding.ts';
import { ecPrivateKeyInfo, type PrivateKeyKind, privateKeyKind, rsaPrivateKeyInfo } from '../private-key-info.ts';
import { curveBytes, ecPublicKeyInfo, type PublicKeyKind, publicKeyKind, rsaPublicKeyInfo } from '../public-key.ts';
import {
  requireScheme,
  requireTransport,
  signatureFits,
  transportFits,
  usablePrivateKey,
  usablePublicKey,
} from '../usable-key.ts';
import { emsaPkcs1 } from './emsa-pkcs1.ts';
import { md5 } from './md5.ts';
import { importPublicKey, webScheme } from './public-key.ts';
import { rsaPrivateOperation } from './rsa.ts';
import {
  importFault,
  type SubtleCrypto,
  type WebCrypto,
  type WebCryptoKey,
  type WebDigest,
  webDigestName,
} from './web-crypto.ts';

type KeyAlgorithm = Parameters<typeof importPublicKey>[2];
type KeyUse = 'sign' | 'decrypt' | 'deriveBits';

/** Throws NTE_BAD_KEY, NTE_BAD_ALGID, and NTE_NOT_SUPPORTED for a curve this browser has not. */
export async function importPrivateKey(webCrypto: WebCrypto, pkcs8: Uint8Array): Promise<PrivateKey> {
  const kind = usablePrivateKey(pkcs8);
  if (kind.type === 'rsa') {
    const publicKey = rsaPublicKeyInfo(kind.modulus, kind.publicExponent);
    return new WebPrivateKey(webCrypto, rsaPrivateKeyInfo(kind), publicKey);
  }
  const point = kind.point ?? (await computePoint(webCrypto.subtle, kind));
  const key = new WebPrivateKey(
    webCrypto,
    ecPrivateKeyInfo(kind.curve, kind.d, point),
    ecPublicKeyInfo(kind.curve, point),
  );
  if (kind.point && !(await key.isPair())) {
    key.destroy();
    throw hresult('NTE_BAD_KEY', 'The public point is not that of the private number.');
  }
  return key;
}

async function importPkcs8(
  subtle: SubtleCrypto,
  pkcs8: Uint8Array,
  algorithm: KeyAlgorithm,
  extractable: boolean,
  use: KeyUse,
): Promise<WebCryptoKey> {
  try {
    return await subtle.importKey('pkcs8', pkcs8, algorithm, extractable, [use]);
  } catch (error) {
    throw importFault(error, 'private key');
  }
}

/**
 * WebCrypto computes the point while it imports a key without one. Of its forms of export only JWK is sure to show it, at
 * the price of the private number in a string.
 */
async function computePoint(subtle: SubtleCrypto, kind: PrivateKeyKind & { type: 'ec' }): Promise<Uint8Array> {
  const bare = ecPrivateKeyInfo(kind.curve, kind.d);
  try {
    const key = await importPkcs8(subtle, bare, { name: 'ECDSA', namedCurve: kind.curve }, true, 'sign');
    const { x, y } = await subtle.exportKey('jwk', key);
    const point = Uint8Array.from(`\x04${decodeBase64Url(x)}${decodeBase64Url(y)}`, (octet) => octet.charCodeAt(0));
    if (point.length !== 1 + 2 * curveBytes(kind.curve)) throw hresult('NTE_BAD_KEY', 'The key has no public point.');
    return point;
  } finally {
    wipe(bare);
  }
}

/** As a string of octets. */
function decodeBase64Url(value = ''): string {
  return atob(value.replaceAll('-', '+').replaceAll('_', '/'));
}

class WebPrivateKey implements PrivateKey {
  readonly publicKey: Uint8Array;
  readonly #crypto: WebCrypto;
  readonly #kind: PublicKeyKind;
  #pkcs8: Uint8Array | undefined;
  /** WebCrypto's handles, one for each algorithm the key was used with: it ties a key to one. */
  readonly #handles = new Map<string, Promise<WebCryptoKey>>();

  constructor(webCrypto: WebCrypto, pkcs8: Uint8Array, publicKey: Uint8Array) {
    this.#crypto = webCrypto;
    this.#pkcs8 = pkcs8;
    this.publicKey = publicKey;
    this.#kind = publicKeyKind(publicKey);
  }

  get #bytes(): Uint8Array {
    if (!this.#pkcs8) throw hresult('NTE_INVALID_HANDLE', 'The private key was destroyed.');
    return this.#pkcs8;
  }

  #handle(algorithm: KeyAlgorithm, use: KeyUse): Promise<WebCryptoKey> {
    const name = JSON.stringify(algorithm);
    const bytes = this.#bytes;
    const handle = this.#handles.get(name) ?? importPkcs8(this.#crypto.subtle, bytes, algorithm, false, use);
    this.#handles.set(name, handle);
    return handle;
  }

  /** Whether the two halves of an EC key belong together: a signature of one must verify by the other. */
  async isPair(): Promise<boolean> {
    const scheme: SignatureScheme = { name: 'ecdsa', digest: 'sha256' };
    const { subtle } = this.#crypto;
    const { key, use } = webScheme(scheme, this.#kind);
    const publicKey = await importPublicKey(subtle, this.#kind, key, ['verify']);
    const privateKey = await this.#handle(key, 'sign');
    const data = this.#random(32);
    try {
      return await subtle.verify(use, publicKey, await subtle.sign(use, privateKey, data), data);
    } catch (error) {
      throw importFault(error, 'private key');
    }
  }

  async sign(scheme: SignatureScheme, data: Uint8Array): Promise<Uint8Array> {
    requireScheme(scheme, this.#kind);
    if (!signatureFits(scheme, this.#kind)) throw hresult('NTE_BAD_LEN', `The key is too short for ${scheme.digest}.`);
    if (scheme.digest === 'md5') return this.#privateOperation(emsaPkcs1('md5', md5(data), this.#modulusBytes))!;
    const { key, use } = webScheme(scheme, this.#kind);
    const handle = await this.#handle(key, 'sign');
    try {
      const signature = new Uint8Array(await this.#crypto.subtle.sign(use, handle, data));
      return scheme.name === 'ecdsa' ? encodeEcdsaSignature(signature) : signature;
    } catch (error) {
      throw hresult('NTE_FAIL', 'WebCrypto did not sign.', { cause: error });
    }
  }

  async unwrapKey(transport: KeyTransport, encryptedKey: Uint8Array, keyLength: number): Promise<Uint8Array> {
    const modulusBytes = requireTransport(transport, this.#kind);
    const substitute = this.#random(keyLength);
    if (!transportFits(transport, keyLength, modulusBytes) || encryptedKey.length !== modulusBytes) return substitute;
    return transport.name === 'rsa-pkcs1'
      ? this.#unwrapPkcs1(encryptedKey, substitute)
      : this.#unwrapOaep(transport.digest as WebDigest, encryptedKey, substitute);
  }

  #unwrapPkcs1(encryptedKey: Uint8Array, substitute: Uint8Array): Uint8Array {
    const block = this.#privateOperation(encryptedKey);
    // A number not below the modulus: whoever sent it knows that without us.
    if (!block) return substitute;
    try {
      return unpadKey(block, substitute.length, substitute);
    } finally {
      wipe(block, substitute);
    }
  }

  async #unwrapOaep(digest: WebDigest, encryptedKey: Uint8Array, substitute: Uint8Array): Promise<Uint8Array> {
    const key = await this.#handle({ name: 'RSA-OAEP', hash: webDigestName(digest) }, 'decrypt');
    try {
      const unwrapped = new Uint8Array(await this.#crypto.subtle.decrypt({ name: 'RSA-OAEP' }, key, encryptedKey));
      if (unwrapped.length === substitute.length) return unwrapped;
      wipe(unwrapped);
    } catch {
      // One error for all that can be wrong inside (RFC 8017 §7.1.2, note); nothing of it is passed on.
    }
    return substitute;
  }

  async agree(peerPublicKey: Uint8Array): Promise<Uint8Array> {
    const peer = usablePublicKey(peerPublicKey);
    if (this.#kind.type !== 'ec') throw hresult('NTE_BAD_ALGID', 'Key agreement with an RSA key.');
    const { curve } = this.#kind;
    if (peer.type !== 'ec' || peer.curve !== curve) throw hresult('NTE_BAD_KEY', `The peer's key is not on ${curve}.`);
    const { subtle } = this.#crypto;
    const algorithm = { name: 'ECDH', namedCurve: curve } as const;
    const publicKey = await importPublicKey(subtle, peer, algorithm, []);
    const privateKey = await this.#handle(algorithm, 'deriveBits');
    return new Uint8Array(
      await subtle.deriveBits({ name: 'ECDH', public: publicKey }, privateKey, 8 * curveBytes(curve)),
    );
  }

  async exportPkcs8(): Promise<Uint8Array> {
    return Uint8Array.from(this.#bytes);
  }

  destroy(): void {
    wipe(this.#pkcs8);
    this.#pkcs8 = undefined;
    this.#handles.clear();
  }

  get #modulusBytes(): number {
    return this.#kind.type === 'rsa' ? this.#kind.modulus.length : 0;
  }

  #privateOperation(block: Uint8Array): Uint8Array | undefined {
    const kind = privateKeyKind(this.#bytes);
    if (kind.type !== 'rsa') throw new TypeError('an RSA operation of another key');
    return rsaPrivateOperation(kind, block, (length) => this.#random(length));
  }

  #random(length: number): Uint8Array {
    return this.#crypto.getRandomValues(new Uint8Array(length));
  }
}
