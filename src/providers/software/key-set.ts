import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import {
  listDirectory,
  makePrivateDirectory,
  readWholeFile,
  replaceFile,
  shredFile,
  sweepDirectory,
  writeNewFile,
} from '#files/durable-file';
import { HresultError, hresult } from '#hresult/hresult-error';
import { type CryptoEngine, type PrivateKey, wipe } from '#pki/crypto/engine';
import type { KeySpec } from '#pki/crypto/key-provider';
import { uniqueName } from '../unique-name.ts';
import { decodeKeyFile, type KeyFile, type KeyFileHeader, openKeyFile, sealKeyFile } from './key-file.ts';
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
  }

  /** Throws NTE_BAD_KEYSET where there are keys and not what protects them. */
  static async open(options: KeySetOptions): Promise<KeySet> {
    const protectionKey = await readProtectionKey(options.directory);
    if (protectionKey) {
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

  /** Throws NTE_BAD_DATA for a file changed since it was written, NTE_BAD_KEY for a key that does not hold together. */
  async openKey(slot: KeySlot, file: KeyFile): Promise<PrivateKey> {
    const pkcs8 = openKeyFile(file, await this.#protection(), fileName(slot));
    try {
      return await this.engine.importPrivateKey(pkcs8);
    } finally {
      wipe(pkcs8);
    }
  }

  /** False, and nothing written, where the slot is taken and not to be replaced. Throws NTE_BAD_LEN. */
  async write(header: KeyFileHeader, pkcs8: Uint8Array, replace: boolean): Promise<boolean> {
    const protectionKey = await this.#protection();
    const path = join(this.#directory, fileName(this.slot(header.container, header.keySpec)));
    const content = sealKeyFile(header, pkcs8, protectionKey);
    if (content.length > FILE_LIMIT) throw hresult('NTE_BAD_LEN', `A key file of ${content.length} bytes.`);
    if (!replace) return writeNewFile(path, content);
    await replaceFile(path, content);
    return true;
  }

  async remove(slot: KeySlot): Promise<boolean> {
    return shredFile(join(this.#directory, fileName(slot)));
  }

  /** Headers of all keys that can be read; a damaged file must not hide the others, and says so when it is opened. */
  async headers(): Promise<KeyFileHeader[]> {
    const headers: KeyFileHeader[] = [];
    for (const name of await listDirectory(this.#directory)) {
      const parts = /^([0-9a-f]{32}_[0-9a-f-]{36})(?:\.([12]))?$/.exec(name);
      if (!parts) continue;
      const keySpec = parts[2] === undefined ? 0 : parts[2] === '1' ? 1 : 2;
      try {
        const file = await this.read({ uniqueName: parts[1]!, keySpec });
        if (file) headers.push(file.header);
      } catch (error) {
        if (!(error instanceof HresultError)) throw error;
      }
    }
    return headers;
  }
}

export interface KeySetOptions {
  readonly directory: string;
  readonly machineKeyset: boolean;
  /** What unique container names end in, or what makes it with the first key of the machine. */
  readonly machineGuid: string | (() => Promise<string>);
  readonly engine: CryptoEngine;
}

function fileName(slot: KeySlot): string {
  return slot.keySpec === 0 ? slot.uniqueName : `${slot.uniqueName}.${slot.keySpec}`;
}
