import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { type CryptoEngine, type KeyTransport, type SignatureScheme, wipe } from '#pki/crypto/engine';
import type { PrivateKeySealer, ProviderKey } from '#pki/crypto/key-provider';
import { unpadOaep } from '#pki/crypto/oaep-padding';
import { unpadKey } from '#pki/crypto/pkcs1-padding';
import { type PublicKeyKind, publicKeyKind } from '#pki/crypto/public-key';
import { requireScheme, requireTransport, signatureFits, transportFits, usablePublicKey } from '#pki/crypto/usable-key';
import { notExportable } from '../key-rules.ts';
import type { Token } from './token.ts';
import type { KeyName, TokenKeyFields } from './token-operations.ts';
import { unwrapPrivateKey, WRAPPING_KEY_LENGTH } from './wrapped-key.ts';

export interface Pkcs11KeyFields {
  readonly provider: string;
  readonly container: string;
  readonly machineKeyset: boolean;
  readonly token: Token;
  readonly engine: CryptoEngine;
  readonly key: TokenKeyFields;
  /** PrivateKeyInfo, this handle's to wipe: of an archivable key, on the handle that made it. */
  readonly archive?: Uint8Array | undefined;
}

/** A handle to a key in a token: operations go in, the key stays. */
export class Pkcs11Key implements ProviderKey {
  readonly provider: string;
  readonly container: string;
  /** CKA_ID in hexadecimal. */
  readonly uniqueName: string;
  readonly keySpec = 0;
  readonly exportable: boolean;
  readonly encryptedExport: boolean;
  readonly machineKeyset: boolean;
  readonly publicKey: Uint8Array;
  readonly #token: Token;
  readonly #engine: CryptoEngine;
  readonly #kind: PublicKeyKind;
  /** What goes to the thread with each operation. */
  #key: KeyName | undefined;
  #archive: Uint8Array | undefined;

  constructor(fields: Pkcs11KeyFields) {
    this.provider = fields.provider;
    this.container = fields.container;
    this.uniqueName = formatHex(fields.key.id);
    this.exportable = fields.key.extractable && !fields.key.sensitive;
    this.encryptedExport = fields.key.extractable && fields.key.sensitive;
    this.machineKeyset = fields.machineKeyset;
    this.publicKey = Uint8Array.from(fields.key.publicKey);
    this.#token = fields.token;
    this.#engine = fields.engine;
    this.#kind = publicKeyKind(fields.key.publicKey);
    this.#key = { label: fields.key.label, id: fields.key.id };
    this.#archive = fields.archive;
  }

  /** Throws also NTE_BAD_KEY where the token's signature does not verify under the key's public half. */
  async sign(scheme: SignatureScheme, data: Uint8Array): Promise<Uint8Array> {
    const key = this.#opened();
    requireScheme(scheme, this.#kind);
    if (!signatureFits(scheme, this.#kind)) throw hresult('NTE_BAD_LEN', `The key is too short for ${scheme.digest}.`);
    // A view would take all of its buffer along into the thread.
    const whole = data.byteLength === data.buffer.byteLength ? data : data.slice();
    const signature = await this.#token.operate('sign', key, this.publicKey, scheme, whole);
    // Another object under the same handle, or a fault in the device, must not become a certificate.
    if (signature !== undefined) return signature;
    throw hresult('NTE_BAD_KEY', `${this.provider} signed, but not with the key of ${this.container}.`);
  }

  async unwrapKey(transport: KeyTransport, encryptedKey: Uint8Array, keyLength: number): Promise<Uint8Array> {
    const key = this.#opened();
    const modulusBytes = requireTransport(transport, this.#kind);
    const substitute = this.#engine.random(keyLength);
    if (!transportFits(transport, keyLength, modulusBytes) || encryptedKey.length !== modulusBytes) return substitute;
    const isBare = await this.#token.opensBare();
    const opened = await this.#token.operate('decrypt', key, isBare ? { name: 'bare' } : transport, encryptedKey);
    // Refused by the token: whoever sent it learns as little as from a wrong key.
    if (opened === undefined) return substitute;
    try {
      if (!isBare) return opened.length === keyLength ? opened.slice() : substitute;
      const block = new Uint8Array(modulusBytes);
      block.set(opened, modulusBytes - opened.length);
      try {
        if (transport.name === 'rsa-pkcs1') return unpadKey(block, keyLength, substitute);
        return await unpadOaep(block, transport.digest, substitute, this.#engine.digest);
      } finally {
        wipe(block);
      }
    } finally {
      wipe(opened);
    }
  }

  async agree(peerPublicKey: Uint8Array): Promise<Uint8Array> {
    const key = this.#opened();
    const peer = usablePublicKey(peerPublicKey);
    if (this.#kind.type !== 'ec') throw hresult('NTE_BAD_ALGID', 'Key agreement with an RSA key.');
    if (peer.type !== 'ec' || peer.curve !== this.#kind.curve) {
      throw hresult('NTE_BAD_KEY', `The peer's key is not on ${this.#kind.curve}.`);
    }
    return this.#token.operate('agree', key, peer.point);
  }

  async exportPkcs8(): Promise<Uint8Array> {
    const key = this.#opened();
    if (this.exportable) return this.#takeOut(key);
    const archive = this.#archive;
    if (archive === undefined) throw notExportable(this.container, this.encryptedExport);
    this.#archive = undefined;
    return archive;
  }

  async exportEncrypted(seal: PrivateKeySealer): Promise<Uint8Array> {
    const key = this.#opened();
    if (!this.exportable && !this.encryptedExport) throw notExportable(this.container, false);
    const pkcs8 = await this.#takeOut(key);
    try {
      return await seal(pkcs8);
    } finally {
      wipe(pkcs8);
    }
  }

  /** Out of the token it goes under a key that is made for it. */
  async #takeOut(key: KeyName): Promise<Uint8Array> {
    const wrappingKey = this.#engine.random(WRAPPING_KEY_LENGTH);
    try {
      return unwrapPrivateKey(await this.#token.operate('exportKey', key, wrappingKey), wrappingKey, this.publicKey);
    } finally {
      wipe(wrappingKey);
    }
  }

  close(): void {
    wipe(this.#archive);
    this.#archive = undefined;
    this.#key = undefined;
  }

  #opened(): KeyName {
    if (!this.#key) throw hresult('NTE_INVALID_HANDLE', `The key of ${this.container} was closed.`);
    return this.#key;
  }
}
