import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import {
  fileTime,
  keepUnderAnotherName,
  listDirectory,
  makePrivateDirectory,
  readWholeFile,
  replaceFile,
  shredFile,
  sweepDirectory,
  writeNewFile,
} from '#files/durable-file';
import { HresultError, hresult, isHresult } from '#hresult/hresult-error';
import { type CryptoEngine, wipe } from '#pki/crypto/engine';
import type { KeyPasswords, KeySpec } from '#pki/crypto/key-provider';
import { uniqueName } from '../unique-name.ts';
import { type HeldKey, OpenKey } from './held-key.ts';
import { decodeKeyFile, type KeyFile, type KeyFileHeader, openKeyFile, sealKeyFile } from './key-file.ts';
import { ProtectedKey, protectByPassword } from './protected-key.ts';
import { openProtectionKey, readProtectionKey } from './protection-key.ts';

/** A key of 16384 bits takes 10 KiB; what is far beyond is no key file. */
const FILE_LIMIT = 256 * 1024;

/** Stands for the machine's GUID until the first key makes one: under it lies nothing. */
const NO_GUID = '00000000-0000-0000-0000-000000000000';

/** One pair of a container: its file's name. */
export interface KeySlot {
  readonly uniqueName: string;
  readonly keySpec: KeySpec;
}

/**
 * The key files of the machine or of one user. A CNG key's file bears the unique container name, as on Windows; the two
 * pairs a CAPI container may hold have a file each, `.1` and `.2` after that name: so two processes that fill one
 * container at once can never write over each other's pair. The first key makes the directory and what protects it; who
 * only asks makes nothing.
 */
export class KeySet {
  readonly machineKeyset: boolean;
  readonly engine: CryptoEngine;
  readonly #directory: string;
  readonly #makeMachineGuid: () => Promise<string>;
  readonly #passwords: KeyPasswords | undefined;
  #machineGuid: string | undefined;
  #protectionKey: KeyObject | undefined;

  private constructor(options: KeySetOptions, protectionKey: KeyObject | undefined) {
    const { machineGuid } = options;
    this.machineKeyset = options.machineKeyset;
    this.engine = options.engine;
    this.#directory = options.directory;
    this.#machineGuid = typeof machineGuid === 'string' ? machineGuid : undefined;
    this.#makeMachineGuid = typeof machineGuid === 'string' ? async () => machineGuid : machineGuid;
    this.#protectionKey = protectionKey;
    this.#passwords = options.passwords;
  }

  /** Throws NTE_BAD_KEYSET where there are keys and not what protects them. */
  static async open(options: KeySetOptions): Promise<KeySet> {
    const protectionKey = await readProtectionKey(options.directory);
    if (protectionKey && !options.inspects) {
      await makePrivateDirectory(options.directory);
      await sweepDirectory(options.directory);
    }
    return new KeySet(options, protectionKey);
  }

  /** Makes what the first key needs. */
  async #protection(): Promise<KeyObject> {
    if (this.#protectionKey) return this.#protectionKey;
    this.#machineGuid = await this.#makeMachineGuid();
    await makePrivateDirectory(this.#directory);
    this.#protectionKey = await openProtectionKey(this.#directory);
    return this.#protectionKey;
  }

  slot(container: string, keySpec: KeySpec): KeySlot {
    return { uniqueName: uniqueName(container, keySpec === 0, this.#machineGuid ?? NO_GUID), keySpec };
  }

  /** What the container's file says in clear; undefined where there is no such key. Throws NTE_BAD_DATA. */
  async read(slot: KeySlot): Promise<KeyFile | undefined> {
    const name = fileName(slot);
    const bytes = await readWholeFile(join(this.#directory, name), FILE_LIMIT);
    if (!bytes) return undefined;
    const file = decodeKeyFile(bytes, name);
    const { container, keySpec } = file.header;
    // The header is authenticated, the name of the file is not: a file moved over another must not pass for it.
    if (fileName(this.slot(container, keySpec)) !== name) {
      throw hresult('NTE_BAD_DATA', `The key file ${name} is that of the container ${container}.`);
    }
    return file;
  }

  /**
   * Throws NTE_BAD_DATA for a file changed since it was written, NTE_BAD_KEY for a key that does not hold together; of a
   * protected key NTE_SILENT_CONTEXT where nobody can be asked, NTE_INCORRECT_PASSWORD.
   */
  async openKey(slot: KeySlot, file: KeyFile): Promise<HeldKey> {
    const { protection, container, publicKey } = file.header;
    const sealed = openKeyFile(file, await this.#protection(), fileName(slot));
    if (protection !== undefined) {
      return new ProtectedKey({ sealed, container, publicKey, protection, passwords: this.#passwords }, this.engine);
    }
    try {
      return new OpenKey(await this.engine.importPrivateKey(sealed));
    } finally {
      wipe(sealed);
    }
  }

  /**
   * False, and nothing written, where the slot is taken and not to be replaced. Throws NTE_BAD_LEN, and as `chosen` of the
   * passwords for a protected key.
   */
  async write(header: KeyFileHeader, pkcs8: Uint8Array, replace: boolean): Promise<boolean> {
    const { container, protection } = header;
    // Whoever does not come to a password has made nothing.
    const key = protection ? await protectByPassword(pkcs8, container, this.#passwords, this.engine) : pkcs8;
    const protectionKey = await this.#protection();
    const path = join(this.#directory, fileName(this.slot(header.container, header.keySpec)));
    const content = sealKeyFile(header, key, protectionKey);
    if (content.length > FILE_LIMIT) throw hresult('NTE_BAD_LEN', `A key file of ${content.length} bytes.`);
    if (!replace) return writeNewFile(path, content);
    await this.#keepDamaged(this.slot(container, header.keySpec), path);
    await replaceFile(path, content);
    return true;
  }

  /** A file that cannot be read stays beside the one that takes its place: whoever knows how may still make something of it. */
  async #keepDamaged(slot: KeySlot, path: string): Promise<void> {
    try {
      await this.read(slot);
    } catch (error) {
      if (!isHresult(error, 'NTE_BAD_DATA')) throw error;
      await keepUnderAnotherName(path, 'damaged');
    }
  }

  /** The same key, for others to use. */
  async writeDescriptor(slot: KeySlot, file: KeyFile, securityDescriptor: string): Promise<void> {
    const name = fileName(slot);
    const protectionKey = await this.#protection();
    const key = openKeyFile(file, protectionKey, name);
    try {
      const content = sealKeyFile({ ...file.header, securityDescriptor }, key, protectionKey);
      await replaceFile(join(this.#directory, name), content);
    } finally {
      wipe(key);
    }
  }

  async remove(slot: KeySlot): Promise<boolean> {
    return shredFile(join(this.#directory, fileName(slot)));
  }

  /** All keys that can be read; a damaged file must not hide the others, and says so when it is opened. */
  async list(): Promise<ListedKey[]> {
    const keys: ListedKey[] = [];
    for (const name of await listDirectory(this.#directory)) {
      const parts = /^([0-9a-f]{32}_[0-9a-f-]{36})(?:\.([12]))?$/.exec(name);
      if (!parts) continue;
      const keySpec = parts[2] === undefined ? 0 : parts[2] === '1' ? 1 : 2;
      try {
        const uniqueName = parts[1]!;
        const file = await this.read({ uniqueName, keySpec });
        const modified = fileTime(join(this.#directory, name));
        if (file) keys.push({ uniqueName, header: file.header, modified });
      } catch (error) {
        if (!(error instanceof HresultError)) throw error;
      }
    }
    return keys;
  }
}

export interface ListedKey {
  readonly uniqueName: string;
  readonly header: KeyFileHeader;
  readonly modified: Date | undefined;
}

export interface KeySetOptions {
  readonly directory: string;
  readonly machineKeyset: boolean;
  /** What unique container names end in, or what makes it with the first key of the machine. */
  readonly machineGuid: string | (() => Promise<string>);
  readonly engine: CryptoEngine;
  /** Left out where nobody can be asked for the password of a protected key. */
  readonly passwords?: KeyPasswords | undefined;
  /** Whoever only looks leaves the folder as it is: its mode, and what killed processes left in it. */
  readonly inspects?: boolean;
}

function fileName(slot: KeySlot): string {
  return slot.keySpec === 0 ? slot.uniqueName : `${slot.uniqueName}.${slot.keySpec}`;
}
