import { join } from 'node:path';
import {
  isDirectory,
  listDirectory,
  makeDirectory,
  makeDirectoryOfFiles,
  readWholeFile,
  removeDirectory,
  removeFile,
  replaceFile,
  sweepDirectory,
} from '#files/durable-file';
import { hresult, isHresult } from '#hresult/hresult-error';
import { decodeCertificate } from '#pki/x509/certificate';
import { orUndefined } from '#pki/x509/readable-extension';
import { checkedHash, type Found, naming, readEach, repairFile } from './named-by-hash.ts';
import type { AddResult, StoreEntry } from './ports/certificate-store.ts';
import { decodeProperties } from './property-codec.ts';
import { sha1 } from './sha1.ts';

type OwnEntry = Omit<StoreEntry, 'index'>;

const CERTIFICATE_FILE = 'certificate.crt';
const CERTIFICATE_LIMIT = 1024 * 1024;

/**
 * The certificates of one store. Each is a directory named by its SHA-1 in `Certificates`, its DER and each of its properties
 * a file in it. A file a property, so that two processes that set different properties at once both get what they asked for,
 * without locks; a directory, so that entries come and go whole.
 */
export class EntryFiles {
  readonly #certificates: string;

  constructor(directory: string) {
    this.#certificates = join(directory, 'Certificates');
  }

  certificates(): Promise<Found<OwnEntry>> {
    return readEach(this.#certificates, 'certificate', /^([0-9A-F]{40})$/, (name) => this.#readEntry(name));
  }

  async #readEntry(name: string): Promise<OwnEntry | undefined> {
    const directory = join(this.#certificates, name);
    const raw = await readWholeFile(join(directory, CERTIFICATE_FILE), CERTIFICATE_LIMIT);
    if (!raw) {
      // It was removed since its name was read, or somebody took only the file.
      if (!isDirectory(directory)) return undefined;
      throw hresult('ERROR_INVALID_DATA', `${directory} has no ${CERTIFICATE_FILE}.`);
    }
    const thumbprint = checkedHash(raw, name, directory);
    const encoded = await readProperties(directory);
    return naming(directory, () => ({
      certificate: decodeCertificate(raw),
      thumbprint,
      properties: decodeProperties(encoded),
      physicalStore: '.Default' as const,
    }));
  }

  /** Throws Asn1Error for what is no certificate. */
  async add(certificate: Uint8Array, properties: ReadonlyMap<number, Uint8Array>): Promise<AddResult> {
    decodeCertificate(certificate);
    await makeDirectory(this.#certificates);
    await sweepDirectory(this.#certificates);
    const files = new Map([[CERTIFICATE_FILE, certificate]]);
    for (const [id, bytes] of properties) files.set(propertyFile(id), bytes);
    const thumbprint = sha1(certificate);
    if (await makeDirectoryOfFiles(this.#entry(thumbprint), files, 0o644)) return 'added';
    const isRepaired = [
      await repairFile(join(this.#entry(thumbprint), CERTIFICATE_FILE), certificate),
      await this.#dropDamagedProperties(thumbprint),
    ].includes(true);
    for (const [id, bytes] of properties) await this.setProperty(thumbprint, id, bytes);
    return isRepaired ? 'added' : 'already in store';
  }

  /** True where there were some. Nobody knows what they said. */
  async #dropDamagedProperties(thumbprint: string): Promise<boolean> {
    let isDropped = false;
    for (const [id, bytes] of await readProperties(this.#entry(thumbprint))) {
      if (orUndefined(() => decodeProperties(new Map([[id, bytes]])))) continue;
      await this.setProperty(thumbprint, id, undefined);
      isDropped = true;
    }
    return isDropped;
  }

  async remove(thumbprint: string): Promise<boolean> {
    return removeDirectory(this.#entry(thumbprint));
  }

  /** Throws CRYPT_E_NOT_FOUND where the entry is gone. */
  async setProperty(thumbprint: string, id: number, value: Uint8Array | undefined): Promise<void> {
    const path = join(this.#entry(thumbprint), propertyFile(id));
    if (value === undefined) {
      await removeFile(path);
      return;
    }
    try {
      await replaceFile(path, value, 0o644);
    } catch (error) {
      if (!isHresult(error, 'ERROR_PATH_NOT_FOUND')) throw error;
      throw hresult('CRYPT_E_NOT_FOUND', `The certificate ${thumbprint} is no longer in the store.`, { cause: error });
    }
  }

  #entry(thumbprint: string): string {
    return join(this.#certificates, thumbprint.toUpperCase());
  }
}

async function readProperties(directory: string): Promise<Map<number, Uint8Array>> {
  const encoded = new Map<number, Uint8Array>();
  for (const file of await listDirectory(directory)) {
    const id = /^([1-9][0-9]{0,4})\.prop$/.exec(file)?.[1];
    const bytes = id === undefined ? undefined : await readWholeFile(join(directory, file), CERTIFICATE_LIMIT);
    if (bytes) encoded.set(Number(id), bytes);
  }
  return encoded;
}

function propertyFile(id: number): string {
  return `${id}.prop`;
}
