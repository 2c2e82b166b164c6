import { hresult } from '#hresult/hresult-error';
import type { KeyTransport, PrivateKey, SignatureScheme } from '#pki/crypto/engine';
import type { KeySpec, ProviderKey } from '#pki/crypto/key-provider';
import type { ProviderRow } from '../names.ts';

export interface SoftwareKeyFields {
  readonly row: ProviderRow;
  readonly container: string;
  readonly uniqueName: string;
  readonly keySpec: KeySpec;
  readonly exportable: boolean;
  readonly machineKeyset: boolean;
  /** True on the handle that made the key, where its maker asked for archival. */
  readonly archivable: boolean;
  readonly privateKey: PrivateKey;
}

/** A handle to a key of the software store: the engine's key behind the rules of its provider. */
export class SoftwareKey implements ProviderKey {
  readonly provider: string;
  readonly container: string;
  readonly uniqueName: string;
  readonly keySpec: KeySpec;
  readonly exportable: boolean;
  readonly machineKeyset: boolean;
  readonly publicKey: Uint8Array;
  readonly #row: ProviderRow;
  #archivable: boolean;
  #privateKey: PrivateKey | undefined;

  constructor(fields: SoftwareKeyFields) {
    this.provider = fields.row.name;
    this.container = fields.container;
    this.uniqueName = fields.uniqueName;
    this.keySpec = fields.keySpec;
    this.exportable = fields.exportable;
    this.machineKeyset = fields.machineKeyset;
    this.publicKey = fields.privateKey.publicKey;
    this.#row = fields.row;
    this.#archivable = fields.archivable;
    this.#privateKey = fields.privateKey;
  }

  async sign(scheme: SignatureScheme, data: Uint8Array): Promise<Uint8Array> {
    const key = this.#opened();
    if (!this.#row.sha2 && scheme.digest.startsWith('sha') && scheme.digest !== 'sha1') {
      throw hresult('NTE_BAD_ALGID', `${this.provider} is of type ${this.#row.provType} and signs no SHA-2.`, {
        hint: 'Move the key to Microsoft Software Key Storage Provider, or sign with SHA-1 (HashAlgorithm = SHA1 in an INF file).',
      });
    }
    // CryptSignHash knows PKCS #1 v1.5 only; RSASSA-PSS came with CNG.
    if (!this.#row.isKsp && scheme.name === 'rsa-pss') {
      throw hresult('NTE_BAD_ALGID', `${this.provider} knows no RSASSA-PSS.`);
    }
    return key.sign(scheme, data);
  }

  async unwrapKey(transport: KeyTransport, encryptedKey: Uint8Array, keyLength: number): Promise<Uint8Array> {
    return this.#forEncryption().unwrapKey(transport, encryptedKey, keyLength);
  }

  async agree(peerPublicKey: Uint8Array): Promise<Uint8Array> {
    return this.#forEncryption().agree(peerPublicKey);
  }

  async exportPkcs8(): Promise<Uint8Array> {
    const key = this.#opened();
    if (this.exportable) return key.exportPkcs8();
    if (!this.#archivable) {
      throw hresult('NTE_BAD_KEY_STATE', `The private key of ${this.container} is not exportable.`, {
        hint: 'only a key made or imported as exportable leaves its provider; an archived one comes back by -getkey and -recoverkey',
      });
    }
    // Taken before the export begins: two at once must not both have the one chance.
    this.#archivable = false;
    return key.exportPkcs8();
  }

  close(): void {
    this.#archivable = false;
    this.#privateKey?.destroy();
    this.#privateKey = undefined;
  }

  #opened(): PrivateKey {
    if (!this.#privateKey) throw hresult('NTE_INVALID_HANDLE', `The key of ${this.container} was closed.`);
    return this.#privateKey;
  }

  #forEncryption(): PrivateKey {
    const key = this.#opened();
    if (this.keySpec === 2) {
      throw hresult('NTE_BAD_KEY', `The key of ${this.container} is AT_SIGNATURE: it signs and does not decrypt.`);
    }
    return key;
  }
}
