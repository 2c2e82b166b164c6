import { hresult } from '#hresult/hresult-error';
import { findByCertId, findCrlsByToken } from './cert-id.ts';
import { EntryFiles } from './entry-files.ts';
import type {
  AddResult,
  CertificateProperties,
  CertificateStore,
  CrlEntry,
  DamagedEntry,
  PropertyName,
  StoreEntry,
} from './ports/certificate-store.ts';
import { LAST_PROPERTY_ID } from './ports/property-ids.ts';
import { decodeProperties, encodeProperties, encodeProperty, propertyId } from './property-codec.ts';
import type { StoreRow } from './store-names.ts';

/** One store over its files, and over the machine's store of the same name where a user sees that too. */
export class DirectoryStore implements CertificateStore {
  readonly name: string;
  readonly displayName: string;
  readonly isMachineStore: boolean;
  readonly #files: EntryFiles;
  readonly #machine: CertificateStore | undefined;
  readonly #isDenyList: boolean;

  constructor(row: StoreRow, directory: string, isMachineStore: boolean, machine: CertificateStore | undefined) {
    this.name = row.name;
    this.displayName = row.displayName;
    this.isMachineStore = isMachineStore;
    this.#files = new EntryFiles(directory);
    this.#machine = machine;
    this.#isDenyList = row.isDenyList ?? false;
  }

  async list(): Promise<readonly StoreEntry[]> {
    const { whole, damaged } = await this.#files.certificates();
    if (this.#isDenyList && damaged[0]) throw damaged[0].error;
    return collection(whole, (await this.#machine?.list()) ?? []);
  }

  async find(certId: string): Promise<readonly StoreEntry[]> {
    return findByCertId(await this.list(), certId);
  }

  async add(certificate: Uint8Array, properties: CertificateProperties = {}): Promise<AddResult> {
    const encoded = encodeProperties(properties);
    for (const id of encoded.keys()) checkPropertyId(id);
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

  async listCrls(): Promise<readonly CrlEntry[]> {
    const { whole } = await this.#files.crls();
    return collection(whole, (await this.#machine?.listCrls()) ?? []);
  }

  async findCrls(token: string): Promise<readonly CrlEntry[]> {
    return findCrlsByToken(await this.listCrls(), token);
  }

  async addCrl(crl: Uint8Array): Promise<AddResult> {
    return this.#files.addCrl(crl);
  }

  async removeCrl(entry: CrlEntry): Promise<boolean> {
    this.#refuseInherited(entry);
    return this.#files.removeCrl(entry.thumbprint);
  }

  async listDamaged(): Promise<readonly DamagedEntry[]> {
    const all = [await this.#files.certificates(), await this.#files.crls()];
    const own = all.flatMap(({ damaged }) => damaged);
    const inherited = (await this.#machine?.listDamaged()) ?? [];
    return [...own, ...inherited.map((entry) => ({ ...entry, physicalStore: '.LocalMachine' as const }))];
  }

  async removeDamaged(entry: DamagedEntry): Promise<boolean> {
    this.#refuseInherited(entry);
    const { kind, thumbprint } = entry;
    return kind === 'crl' ? this.#files.removeCrl(thumbprint) : this.#files.remove(thumbprint);
  }

  #refuseInherited(entry: Pick<StoreEntry, 'physicalStore' | 'thumbprint'>): void {
    if (entry.physicalStore === '.Default') return;
    throw hresult('ERROR_ACCESS_DENIED', `The entry ${entry.thumbprint} is in the ${this.name} store of the machine.`, {
      hint: 'Leave -user out to change the stores of the machine.',
    });
  }
}

/** The user's own entries first; one that is in both stores is shown once. */
function collection<Entry extends StoreEntry | CrlEntry>(
  own: readonly Omit<Entry, 'index'>[],
  machine: readonly Entry[],
): Entry[] {
  const inherited = machine.filter(({ thumbprint }) => !own.some((entry) => entry.thumbprint === thumbprint));
  const all = [...own, ...inherited.map((entry) => ({ ...entry, physicalStore: '.LocalMachine' as const }))];
  return all.map((entry, index) => ({ ...entry, index }) as Entry);
}

function checkPropertyId(id: number): void {
  if (Number.isInteger(id) && id >= 1 && id <= LAST_PROPERTY_ID) return;
  throw hresult('ERROR_INVALID_PARAMETER', `Certificate properties have numbers from 1 to ${LAST_PROPERTY_ID}.`);
}
