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
import { isSameBytes } from '#pki/asn1/bytes';
import { decodeCertificate } from '#pki/x509/certificate';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import type { AddResult, CrlEntry, DamagedEntry, StoreEntry } from './ports/certificate-store.ts';
import { decodeProperties } from './property-codec.ts';
import { sha1 } from './sha1.ts';

type OwnEntry = Omit<StoreEntry, 'index'>;
type OwnCrlEntry = Omit<CrlEntry, 'index'>;

/** What of a folder can be read, and what cannot. */
interface Found<Entry> {
  readonly whole: Entry[];
  readonly damaged: DamagedEntry[];
}

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

  certificates(): Promise<Found<OwnEntry>> {
    return readEach(this.#certificates, 'certificate', /^([0-9A-F]{40})$/, (name) => this.#readEntry(name));
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
    const isRepaired = await repairFile(join(this.#entry(thumbprint), CERTIFICATE_FILE), certificate);
    for (const [id, bytes] of properties) await this.setProperty(thumbprint, id, bytes);
    return isRepaired ? 'added' : 'already in store';
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

  crls(): Promise<Found<OwnCrlEntry>> {
    return readEach(this.#crls, 'crl', /^([0-9A-F]{40})\.crl$/, (name) => this.#readCrl(name));
  }

  async #readCrl(name: string): Promise<OwnCrlEntry | undefined> {
    const path = this.#crl(name);
    const raw = await readWholeFile(path, CRL_LIMIT);
    if (!raw) return undefined;
    const thumbprint = checkedHash(raw, name, path);
    return { crl: naming(path, () => decodeCertificateList(raw)), thumbprint, physicalStore: '.Default' };
  }

  /** Throws Asn1Error for what is no CRL. */
  async addCrl(crl: Uint8Array): Promise<AddResult> {
    decodeCertificateList(crl);
    await makeDirectory(this.#crls);
    await sweepDirectory(this.#crls);
    const path = this.#crl(sha1(crl));
    const isAdded = (await writeNewFile(path, crl, 0o644)) || (await repairFile(path, crl));
    return isAdded ? 'added' : 'already in store';
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

async function readEach<Entry>(
  directory: string,
  kind: DamagedEntry['kind'],
  pattern: RegExp,
  read: (name: string) => Promise<Entry | undefined>,
): Promise<Found<Entry>> {
  const found: Found<Entry> = { whole: [], damaged: [] };
  for (const file of await listDirectory(directory)) {
    const name = pattern.exec(file)?.[1];
    if (name === undefined) continue;
    try {
      const entry = await read(name);
      if (entry) found.whole.push(entry);
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      found.damaged.push({ kind, thumbprint: name.toLowerCase(), error, physicalStore: '.Default' });
    }
  }
  return found;
}

/** True where the file held something else, or was missing. */
async function repairFile(path: string, content: Uint8Array): Promise<boolean> {
  const held = await readWholeFile(path, content.length).catch(() => undefined);
  if (held && isSameBytes(held, content)) return false;
  await replaceFile(path, content, 0o644);
  return true;
}

function propertyFile(id: number): string {
  return `${id}.prop`;
}

function checkedHash(raw: Uint8Array, name: string, path: string): string {
  const thumbprint = sha1(raw);
  if (thumbprint !== name.toLowerCase()) {
    throw hresult('ERROR_INVALID_DATA', `${path} does not hold what it is named after.`, {
      hint: 'something else changed the file: restore it, or add the certificate or CRL again with certutil -addstore',
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
