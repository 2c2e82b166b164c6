import { join } from 'node:path';
import { hresult } from '#hresult/hresult-error';
import { type CertificateTrustList, decodeCertificateTrustList } from '#pki/cms/certificate-trust-list';
import { type CertificateList, decodeCertificateList } from '#pki/x509/certificate-list';
import { findByCertId, findCrlsByToken, findCtlsByToken } from './cert-id.ts';
import { EntryFiles } from './entry-files.ts';
import { ListFiles } from './list-files.ts';
import type {
  AddResult,
  CertificateProperties,
  CertificateStore,
  CrlEntry,
  CtlEntry,
  DamagedEntry,
  PhysicalStore,
  PropertyName,
  StoreEntry,
} from './ports/certificate-store.ts';
import { LAST_PROPERTY_ID } from './ports/property-ids.ts';
import { decodeProperties, encodeProperties, encodeProperty, propertyId } from './property-codec.ts';
import type { StoreRow } from './store-names.ts';

/** A store that is seen through another one of the same name. */
export interface InheritedStore {
  readonly store: CertificateStore;
  readonly as: Exclude<PhysicalStore, '.Default'>;
}

/** One store over its files, and over those of the same name that are seen through it. */
export class DirectoryStore implements CertificateStore {
  readonly name: string;
  readonly displayName: string;
  readonly isMachineStore: boolean;
  readonly #files: EntryFiles;
  readonly #crls: ListFiles<CertificateList>;
  readonly #ctls: ListFiles<CertificateTrustList>;
  readonly #isDenyList: boolean;
  readonly #inherited: readonly InheritedStore[];

  constructor(row: StoreRow, directory: string, isMachineStore: boolean, inherited: readonly InheritedStore[] = []) {
    this.name = row.name;
    this.displayName = row.displayName;
    this.isMachineStore = isMachineStore;
    this.#files = new EntryFiles(directory);
    this.#crls = new ListFiles({ directory: join(directory, 'CRLs'), kind: 'crl', decode: decodeCertificateList });
    this.#ctls = new ListFiles({ directory: join(directory, 'CTLs'), kind: 'ctl', decode: decodeCertificateTrustList });
    this.#isDenyList = row.isDenyList ?? false;
    this.#inherited = inherited;
  }

  async list(): Promise<readonly StoreEntry[]> {
    const { whole, damaged } = await this.#files.certificates();
    if (this.#isDenyList && damaged[0]) throw damaged[0].error;
    return collection(whole, await this.#others((store) => store.list()));
  }

  async find(certId: string): Promise<readonly StoreEntry[]> {
    return findByCertId(await this.list(), certId);
  }

  async add(certificate: Uint8Array, properties: CertificateProperties = {}): Promise<AddResult> {
    const encoded = encodeProperties(properties);
    for (const id of encoded.keys()) checkPropertyId(id);
    decodeProperties(encoded);
    return this.#files.add(certificate, encoded);
  }

  async remove(entry: StoreEntry): Promise<boolean> {
    this.#refuseInherited(entry);
    return this.#files.remove(entry.thumbprint);
  }

  async setProperty<Name extends PropertyName>(
    entry: StoreEntry,
    name: Name,
    value: CertificateProperties[Name] | undefined,
  ): Promise<void> {
    this.#refuseInherited(entry);
    const [id, bytes] = value === undefined ? [propertyId(name), undefined] : encodeProperty(name, value);
    await this.#files.setProperty(entry.thumbprint, id, bytes);
  }

  async setPropertyBytes(entry: StoreEntry, propId: number, value: Uint8Array | undefined): Promise<void> {
    this.#refuseInherited(entry);
    checkPropertyId(propId);
    if (value) decodeProperties(new Map([[propId, value]]));
    await this.#files.setProperty(entry.thumbprint, propId, value);
  }

  propertyBytes({ properties }: StoreEntry): ReadonlyMap<number, Uint8Array> {
    return encodeProperties(properties);
  }

  async listCrls(): Promise<readonly CrlEntry[]> {
    const own = (await this.#crls.read()).whole.map(({ list: crl, ...entry }) => ({ ...entry, crl }));
    return collection(own, await this.#others((store) => store.listCrls()));
  }

  async findCrls(token: string): Promise<readonly CrlEntry[]> {
    return findCrlsByToken(await this.listCrls(), token);
  }

  async addCrl(crl: Uint8Array): Promise<AddResult> {
    return this.#crls.add(crl);
  }

  async removeCrl(entry: CrlEntry): Promise<boolean> {
    this.#refuseInherited(entry);
    return this.#crls.remove(entry.thumbprint);
  }

  async listCtls(): Promise<readonly CtlEntry[]> {
    const own = (await this.#ctls.read()).whole.map(({ list: ctl, ...entry }) => ({ ...entry, ctl }));
    return collection(own, await this.#others((store) => store.listCtls()));
  }

  async findCtls(token: string): Promise<readonly CtlEntry[]> {
    return findCtlsByToken(await this.listCtls(), token);
  }

  async addCtl(ctl: Uint8Array): Promise<AddResult> {
    return this.#ctls.add(ctl);
  }

  async removeCtl(entry: CtlEntry): Promise<boolean> {
    this.#refuseInherited(entry);
    return this.#ctls.remove(entry.thumbprint);
  }

  async listDamaged(): Promise<readonly DamagedEntry[]> {
    const all = [await this.#files.certificates(), await this.#crls.read(), await this.#ctls.read()];
    return [...all.flatMap(({ damaged }) => damaged), ...(await this.#others((store) => store.listDamaged()))];
  }

  async removeDamaged(entry: DamagedEntry): Promise<boolean> {
    this.#refuseInherited(entry);
    const { kind, thumbprint } = entry;
    const files = { certificate: this.#files, crl: this.#crls, ctl: this.#ctls }[kind];
    return files.remove(thumbprint);
  }

  async #others<Entry extends Pick<StoreEntry, 'physicalStore'>>(
    list: (store: CertificateStore) => Promise<readonly Entry[]>,
  ): Promise<Entry[]> {
    const all: Entry[] = [];
    for (const { store, as } of this.#inherited) {
      for (const entry of await list(store)) all.push({ ...entry, physicalStore: as });
    }
    return all;
  }

  #refuseInherited({ physicalStore, thumbprint }: Pick<StoreEntry, 'physicalStore' | 'thumbprint'>): void {
    if (physicalStore === '.Default') return;
    const [place, hint] = ELSEWHERE[physicalStore];
    throw hresult('ERROR_ACCESS_DENIED', `The entry ${thumbprint} is in the ${this.name} store of the ${place}.`, {
      hint,
    });
  }
}

const ELSEWHERE: Readonly<Record<InheritedStore['as'], readonly [place: string, hint: string]>> = {
  '.LocalMachine': ['machine', 'Leave -user or -Service out to change the stores of the machine.'],
  '.Enterprise': ['enterprise', 'Give -enterprise to change the stores of the enterprise.'],
  '.Directory': ['directory', 'The directory publishes it for all machines: certutil -DS lists what it publishes.'],
};

/** One's own entries first; one that is in several stores is shown once. */
function collection<Entry extends StoreEntry | CrlEntry | CtlEntry>(
  own: readonly Omit<Entry, 'index'>[],
  others: readonly Entry[],
): Entry[] {
  const all = new Map<string, Omit<Entry, 'index'>>();
  for (const entry of [...own, ...others]) if (!all.has(entry.thumbprint)) all.set(entry.thumbprint, entry);
  return [...all.values()].map((entry, index) => ({ ...entry, index }) as Entry);
}

function checkPropertyId(id: number): void {
  if (Number.isInteger(id) && id >= 1 && id <= LAST_PROPERTY_ID) return;
  throw hresult('ERROR_INVALID_PARAMETER', `Certificate properties have numbers from 1 to ${LAST_PROPERTY_ID}.`);
}
