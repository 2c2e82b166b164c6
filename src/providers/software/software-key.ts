import { hresult } from '#hresult/hresult-error';
import { type KeyTransport, type SignatureScheme, wipe } from '#pki/crypto/engine';
import type { KeyProtection, KeySpec, PrivateKeySealer, ProviderKey } from '#pki/crypto/key-provider';
import { notExportable } from '../key-rules.ts';
import type { ProviderRow } from '../names.ts';
import type { HeldKey } from './held-key.ts';

export interface SoftwareKeyFields {
  readonly row: ProviderRow;
  readonly container: string;
  readonly uniqueName: string;
  readonly keySpec: KeySpec;
  readonly exportable: boolean;
  readonly encryptedExport: boolean;
  readonly protection: KeyProtection | undefined;
  readonly machineKeyset: boolean;
  readonly securityDescriptor: string;
  /** True on the handle that made the key, where its maker asked for archival. */
  readonly archivable: boolean;
  readonly privateKey: HeldKey;
}

/** A handle to a key of the software store: the engine's key behind the rules of its provider. */
export class SoftwareKey implements ProviderKey {
  readonly provider: string;
  readonly container: string;
  readonly uniqueName: string;
  readonly keySpec: KeySpec;
  readonly exportable: boolean;
  readonly encryptedExport: boolean;
  readonly protection: KeyProtection | undefined;
  readonly machineKeyset: boolean;
  readonly securityDescriptor: string;
  readonly publicKey: Uint8Array;
  readonly #row: ProviderRow;
  #archivable: boolean;
  readonly #privateKey: HeldKey;

  constructor(fields: SoftwareKeyFields) {
    this.provider = fields.row.name;
    this.container = fields.container;
    this.uniqueName = fields.uniqueName;
    this.keySpec = fields.keySpec;
    this.exportable = fields.exportable;
    this.encryptedExport = fields.encryptedExport;
    this.protection = fields.protection;
    this.machineKeyset = fields.machineKeyset;
    this.securityDescriptor = fields.securityDescriptor;
    this.publicKey = fields.privateKey.publicKey;
    this.#row = fields.row;
    this.#archivable = fields.archivable;
    this.#privateKey = fields.privateKey;
  }

  async sign(scheme: SignatureScheme, data: Uint8Array): Promise<Uint8Array> {
    if (!this.#row.sha2 && scheme.digest.startsWith('sha') && scheme.digest !== 'sha1') {
      throw hresult('NTE_BAD_ALGID', `${this.provider} is of type ${this.#row.provType} and signs no SHA-2.`, {
        hint: 'Move the key to Microsoft Software Key Storage Provider, or sign with SHA-1 (HashAlgorithm = SHA1 in an INF file).',
      });
    }
    // CryptSignHash knows PKCS #1 v1.5 only; RSASSA-PSS came with CNG.
    if (!this.#row.isKsp && scheme.name === 'rsa-pss') {
      throw hresult('NTE_BAD_ALGID', `${this.provider} knows no RSASSA-PSS.`);
    }
    return this.#privateKey.use((key) => key.sign(scheme, data));
  }

  async unwrapKey(transport: KeyTransport, encryptedKey: Uint8Array, keyLength: number): Promise<Uint8Array> {
    this.#requireEncryption();
    return this.#privateKey.use((key) => key.unwrapKey(transport, encryptedKey, keyLength));
  }

  async agree(peerPublicKey: Uint8Array): Promise<Uint8Array> {
    this.#requireEncryption();
    return this.#privateKey.use((key) => key.agree(peerPublicKey));
  }

  async exportPkcs8(): Promise<Uint8Array> {
    if (this.exportable) return this.#privateKey.use((key) => key.exportPkcs8());
    if (!this.#archivable) throw notExportable(this.container, this.encryptedExport);
    // Taken before the export begins: two at once must not both have the one chance.
    this.#archivable = false;
    return this.#privateKey.use((key) => key.exportPkcs8());
  }

  async exportEncrypted(seal: PrivateKeySealer): Promise<Uint8Array> {
    if (!this.exportable && !this.encryptedExport) throw notExportable(this.container, this.encryptedExport);
    return this.#privateKey.use(async (key) => {
      const pkcs8 = await key.exportPkcs8();
      try {
        return await seal(pkcs8);
      } finally {
        wipe(pkcs8);
      }
    });
  }

  close(): void {
    this.#archivable = false;
    this.#privateKey.destroy();
  }

  #requireEncryption(): void {
    if (this.keySpec !== 2) return;
    throw hresult('NTE_BAD_KEY', `The key of ${this.container} is AT_SIGNATURE: it signs and does not decrypt.`);
  }
}
