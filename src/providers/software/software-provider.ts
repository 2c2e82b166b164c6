import { hresult, isHresult } from '#hresult/hresult-error';
import { wipe } from '#pki/crypto/engine';
import type {
  KeyListing,
  KeyPolicy,
  KeySpec,
  KeyStorageProvider,
  ProviderAlgorithm,
  ProviderKey,
} from '#pki/crypto/key-provider';
import { publicKeyAlgorithm } from '#pki/crypto/public-key-algorithm';
import {
  checkAlgorithm,
  checkContainer,
  checkKeySpec,
  checkPolicy,
  missingContainer,
  takenContainer,
} from '../key-rules.ts';
import type { ProviderRow } from '../names.ts';
import { type HeldKey, OpenKey } from './held-key.ts';
import type { KeyFile, KeyFileHeader } from './key-file.ts';
import type { KeySet, KeySlot } from './key-set.ts';
import { SoftwareKey } from './software-key.ts';

interface StoredKey {
  readonly slot: KeySlot;
  readonly file: KeyFile;
}

/** One named provider over the files of a key set. It sees only the keys made under its own name. */
export class SoftwareProvider implements KeyStorageProvider {
  readonly name: string;
  readonly type: number;
  readonly machineKeyset: boolean;
  readonly ciphers: ProviderRow['ciphers'];
  readonly #row: ProviderRow;
  readonly #keySet: KeySet;

  constructor(row: ProviderRow, keySet: KeySet) {
    this.name = row.name;
    this.type = row.provType;
    this.machineKeyset = keySet.machineKeyset;
    this.ciphers = row.ciphers;
    this.#row = row;
    this.#keySet = keySet;
  }

  async createKey(key: {
    readonly container: string;
    readonly algorithm: ProviderAlgorithm;
    readonly keySpec: KeySpec;
    readonly policy: KeyPolicy;
  }): Promise<ProviderKey> {
    checkContainer(key.container);
    checkKeySpec(this.#row, key.keySpec);
    checkPolicy(this.#row, key.policy);
    checkAlgorithm(this.#row, key.keySpec, key.algorithm);
    // Looked at before the long work; that nobody came in between is decided by the write.
    await this.#refuseTaken(key.container, key.keySpec, false);
    const pkcs8 = await this.#keySet.engine.generateKey(key.algorithm);
    try {
      return await this.#store(pkcs8, key, false);
    } finally {
      wipe(pkcs8);
    }
  }

  async importKey(
    pkcs8: Uint8Array,
    key: {
      readonly container: string;
      readonly keySpec: KeySpec;
      readonly policy: KeyPolicy;
      readonly overwrite?: boolean;
    },
  ): Promise<ProviderKey> {
    const overwrite = key.overwrite ?? false;
    checkContainer(key.container);
    checkKeySpec(this.#row, key.keySpec);
    checkPolicy(this.#row, key.policy);
    await this.#refuseTaken(key.container, key.keySpec, overwrite);
    return this.#store(pkcs8, key, overwrite);
  }

  async openKey(container: string, keySpec?: KeySpec): Promise<ProviderKey> {
    const own = await this.#find(container);
    const found = own.length === 0 && this.#row.isKsp && keySpec !== 0 ? await this.#findLegacy(container) : own;
    if (found.length === 0) throw missingContainer(this.name, container);
    const stored = keySpec === undefined ? found[0] : found.find(({ slot }) => slot.keySpec === keySpec);
    if (!stored) throw hresult('NTE_NO_KEY', `The container ${container} holds no key of KeySpec ${keySpec}.`);
    const { slot, file } = stored;
    const privateKey = await this.#keySet.openKey(slot, file);
    return this.#handle(slot, file.header, false, privateKey);
  }

  async listContainers(): Promise<readonly string[]> {
    return [...new Set((await this.listKeys()).map(({ container }) => container))];
  }

  async listKeys(): Promise<readonly KeyListing[]> {
    const own = (await this.#keySet.list()).filter(({ header }) => header.provider === this.name);
    return own
      .map(({ header, uniqueName, modified }) => ({ ...header, uniqueName, modified }))
      .sort((a, b) => (a.container === b.container ? a.keySpec - b.keySpec : a.container < b.container ? -1 : 1));
  }

  async deleteKey(container: string, keySpec?: KeySpec): Promise<void> {
    let removed = false;
    for (const { slot } of await this.#find(container)) {
      if (keySpec !== undefined && slot.keySpec !== keySpec) continue;
      if (await this.#keySet.remove(slot)) removed = true;
    }
    if (!removed) throw missingContainer(this.name, container);
  }

  async setSecurityDescriptor(container: string, sddl: string): Promise<void> {
    const found = await this.#find(container);
    if (found.length === 0) throw hresult('NTE_BAD_KEYSET', `${this.name} has no container ${container}.`);
    for (const { slot, file } of found) await this.#keySet.writeDescriptor(slot, file, sddl);
  }

  /** This provider's keys of the container, AT_KEYEXCHANGE first. */
  async #find(container: string): Promise<StoredKey[]> {
    const found: StoredKey[] = [];
    const slots = this.#row.isKsp ? [this.#keySet.slot(container, 0)] : this.#legacySlots(container);
    for (const slot of slots) {
      const file = await this.#keySet.read(slot);
      if (file?.header.provider === this.name) found.push({ slot, file });
    }
    return found;
  }

  /**
   * The pairs of the CAPI container of that name, whichever CSP made them: NCryptOpenKey falls back to them where it is told a
   * dwLegacyKeySpec. Under the key storage provider such a key signs SHA-2 too; it is listed and deleted by its CSP alone.
   */
  async #findLegacy(container: string): Promise<StoredKey[]> {
    const found: StoredKey[] = [];
    for (const slot of this.#legacySlots(container)) {
      const file = await this.#keySet.read(slot);
      if (file) found.push({ slot, file });
    }
    return found;
  }

  #legacySlots(container: string): KeySlot[] {
    const slots = [this.#keySet.slot(container, 1), this.#keySet.slot(container, 2)];
    // CryptAcquireContext takes the unique name as well: certificates that were enrolled for name their key by it.
    if (/^[0-9a-f]{32}_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(container)) {
      const uniqueName = container.toLowerCase();
      slots.push({ uniqueName, keySpec: 1 }, { uniqueName, keySpec: 2 });
    }
    return slots;
  }

  async #refuseTaken(container: string, keySpec: KeySpec, overwrite: boolean): Promise<void> {
    const specs: readonly KeySpec[] = this.#row.isKsp ? [0] : [1, 2];
    for (const spec of specs) {
      const slot = this.#keySet.slot(container, spec);
      const owner = await this.#ownerOf(slot, spec === keySpec && overwrite);
      if (owner === undefined) continue;
      if (owner !== this.name) {
        throw hresult('NTE_EXISTS', `The container ${container} belongs to ${owner}.`, {
          hint: `name another container, or ${owner} as the provider`,
        });
      }
      if (spec === keySpec && !overwrite) throw takenContainer(container);
    }
  }

  async #ownerOf(slot: KeySlot, overwrite: boolean): Promise<string | undefined> {
    try {
      return (await this.#keySet.read(slot))?.header.provider;
    } catch (error) {
      if (!overwrite || !isHresult(error, 'NTE_BAD_DATA')) throw error;
      return undefined;
    }
  }

  async #store(
    pkcs8: Uint8Array,
    key: { readonly container: string; readonly keySpec: KeySpec; readonly policy: KeyPolicy },
    overwrite: boolean,
  ): Promise<ProviderKey> {
    const { container, keySpec, policy } = key;
    const privateKey = await this.#keySet.engine.importPrivateKey(pkcs8);
    const { publicKey } = privateKey;
    const { exportable, encryptedExport = false, protection } = policy;
    const header = {
      container,
      provider: this.name,
      keySpec,
      exportable,
      publicKey,
      encryptedExport: encryptedExport && !exportable,
      protection,
      securityDescriptor: '',
    };
    try {
      checkAlgorithm(this.#row, keySpec, publicKeyAlgorithm(publicKey));
      if (!(await this.#keySet.write(header, pkcs8, overwrite))) throw takenContainer(container);
    } catch (error) {
      privateKey.destroy();
      throw error;
    }
    // Whoever just chose the password is not asked for it on the handle that this answers.
    return this.#handle(this.#keySet.slot(container, keySpec), header, policy.archivable, new OpenKey(privateKey));
  }

  #handle(slot: KeySlot, header: KeyFileHeader, archivable: boolean, privateKey: HeldKey): ProviderKey {
    const { container, exportable, encryptedExport, protection, securityDescriptor } = header;
    const { machineKeyset } = this;
    const policy = { exportable, encryptedExport, protection, archivable, securityDescriptor };
    return new SoftwareKey({ row: this.#row, container, ...slot, ...policy, machineKeyset, privateKey });
  }
}
