import { join } from 'node:path';
import { makeDirectory, readWholeFile, removeFile, sweepDirectory, writeNewFile } from '#files/durable-file';
import { checkedHash, type Found, naming, readEach, repairFile } from './named-by-hash.ts';
import type { AddResult, DamagedEntry } from './ports/certificate-store.ts';
import { sha1 } from './sha1.ts';

const LIMIT = 1024 * 1024 * 1024;

export interface ListFilesOptions<List> {
  /** `CRLs`, in the directory of a store. */
  readonly directory: string;
  readonly kind: Exclude<DamagedEntry['kind'], 'certificate'>;
  /** Throws Asn1Error for what is no such list. */
  decode(bytes: Uint8Array): List;
}

/** One of them, before it has its place in its store. */
export interface OwnList<List> {
  readonly list: List;
  readonly thumbprint: string;
  readonly physicalStore: '.Default';
}

/** The CRLs or CTLs of one store: a file each, named by its SHA-1. */
export class ListFiles<List> {
  readonly #options: ListFilesOptions<List>;

  constructor(options: ListFilesOptions<List>) {
    this.#options = options;
  }

  read(): Promise<Found<OwnList<List>>> {
    const { directory, kind } = this.#options;
    const pattern = new RegExp(`^([0-9A-F]{40})\\.${kind}$`);
    return readEach(directory, kind, pattern, (name) => this.#readOne(name));
  }

  async #readOne(name: string): Promise<OwnList<List> | undefined> {
    const path = this.#path(name);
    const raw = await readWholeFile(path, LIMIT);
    if (!raw) return undefined;
    const thumbprint = checkedHash(raw, name, path);
    return { list: naming(path, () => this.#options.decode(raw)), thumbprint, physicalStore: '.Default' };
  }

  /** One that is damaged is made whole. Throws as `decode` for what is no such list. */
  async add(list: Uint8Array): Promise<AddResult> {
    const { directory, decode } = this.#options;
    decode(list);
    await makeDirectory(directory);
    await sweepDirectory(directory);
    const path = this.#path(sha1(list));
    const isAdded = (await writeNewFile(path, list, 0o644)) || (await repairFile(path, list));
    return isAdded ? 'added' : 'already in store';
  }

  async remove(thumbprint: string): Promise<boolean> {
    return removeFile(this.#path(thumbprint));
  }

  #path(thumbprint: string): string {
    const { directory, kind } = this.#options;
    return join(directory, `${thumbprint.toUpperCase()}.${kind}`);
  }
}
