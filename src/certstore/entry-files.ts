import { join } from 'node:path';
import {
  listDirectory,
  makeDirectory,
  makeDirectoryOfFiles,
  readWholeFile,
  removeDirectory,
  removeFile,
  replaceFile,
  sweepDirectory,
  writeNewFile,
} from '#files/durable-file';
import { HresultError, hresult, isHresult } from '#hresult/hresult-error';
import { decodeCertificate } from '#pki/x509/certificate';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import type { AddResult, CrlEntry, StoreEntry } from './ports/certificate-store.ts';
import { decodeProperties } from './property-codec.ts';
import { sha1 } from './sha1.ts';

type OwnEntry = Omit<StoreEntry, 'index'>;
type OwnCrlEntry = Omit<CrlEntry, 'index'>;

const CERTIFICATE_FILE = 'certificate.crt';
const CERTIFICATE_LIMIT = 1024 * 1024;
const CRL_LIMIT = 1024 * 1024 * 1024;

/**
 * The files of one store. A certificate is a directory named by its SHA-1 in `Certificates`, its DER and each of its
 * properties a file in it; a CRL is a file in `CRLs`. A file a property, so that two processes that set different
 * properties at once both get what they asked for, without locks; a directory, so that entries come and go whole.
 */
export class EntryFiles {
  readonly #certificates: string;
  readonly #crls: string;

  constructor(directory: string) {
    this.#certificates = join(directory, 'Certificates');
    this.#crls = join(directory, 'CRLs');
  }

  /** Throws ERROR_INVALID_DATA for a damaged entry: one that silently went missing from Disallowed would be trusted. */
  async certificates(): Promise<OwnEntry[]> {
    const entries: OwnEntry[] = [];
    for (const name of await listDirectory(this.#certificates)) {
      if (!isFileName(name)) continue;
      const entry = await this.#readEntry(name);
      if (entry) entries.push(entry);
    }
    return entries;
  }

  async #readEntry(name: string): Promise<OwnEntry | undefined> {
    const directory = join(this.#certificates, name);
    const raw = await readWholeFile(join(directory, CERTIFICATE_FILE), CERTIFICATE_LIMIT);
    if (!raw) return undefined;
    const thumbprint = checkedHash(raw, name, directory);
    const encoded = new Map<number, Uint8Array>();
    for (const file of await listDirectory(directory)) {
      const id = /^([1-9][0-9]{0,4})\.prop$/.exec(file)?.[1];
      const bytes = id === undefined ? undefined : await readWholeFile(join(directory, file), CERTIFICATE_LIMIT);
      if (bytes) encoded.set(Number(id), bytes);
    }
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
    for (const [id, bytes] of properties) await this.setProperty(thumbprint, id, bytes);
    return 'already in store';
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

  async crls(): Promise<OwnCrlEntry[]> {
    const entries: OwnCrlEntry[] = [];
    for (const file of await listDirectory(this.#crls)) {
      const name = file.replace(/\.crl$/, '');
      if (!isFileName(name)) continue;
      const path = join(this.#crls, file);
      const raw = await readWholeFile(path, CRL_LIMIT);
      if (!raw) continue;
      const thumbprint = checkedHash(raw, name, path);
      const crl = naming(path, () => decodeCertificateList(raw));
      entries.push({ crl, thumbprint, physicalStore: '.Default' });
    }
    return entries;
  }

  /** Throws Asn1Error for what is no CRL. */
  async addCrl(crl: Uint8Array): Promise<AddResult> {
    decodeCertificateList(crl);
    await makeDirectory(this.#crls);
    await sweepDirectory(this.#crls);
    return (await writeNewFile(this.#crl(sha1(crl)), crl, 0o644)) ? 'added' : 'already in store';
  }

  async removeCrl(thumbprint: string): Promise<boolean> {
    return removeFile(this.#crl(thumbprint));
  }

  #entry(thumbprint: string): string {
    return join(this.#certificates, thumbprint.toUpperCase());
  }

  #crl(thumbprint: string): string {
    return join(this.#crls, `${thumbprint.toUpperCase()}.crl`);
  }
}

function isFileName(name: string): boolean {
  return /^[0-9A-F]{40}$/.test(name);
}

function propertyFile(id: number): string {
  return `${id}.prop`;
}

function checkedHash(raw: Uint8Array, name: string, path: string): string {
  const thumbprint = sha1(raw);
  if (thumbprint !== name.toLowerCase()) {
    throw hresult('ERROR_INVALID_DATA', `${path} does not hold what it is named after.`, {
      hint: 'The file was changed by something else. Restore it, or remove it and add the certificate again.',
    });
  }
  return thumbprint;
}

function naming<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    throw hresult('ERROR_INVALID_DATA', `${path}: ${error.message}`, { cause: error });
  }
}
