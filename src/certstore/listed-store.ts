import { hresult } from '#hresult/hresult-error';
import { findByCertId, findCrlsByToken, findCtlsByToken } from './cert-id.ts';
import type { CertificateStore, CrlEntry, CtlEntry, DamagedEntry, StoreEntry } from './ports/certificate-store.ts';
import { encodeProperties } from './property-codec.ts';

/** All that a store holds, read at once. */
export interface StoreListing {
  readonly certificates: readonly StoreEntry[];
  readonly crls: readonly CrlEntry[];
  readonly ctls: readonly CtlEntry[];
  readonly damaged: readonly DamagedEntry[];
}

/** A store that somebody else keeps: it is read anew for each question, and every change throws ERROR_ACCESS_DENIED. */
export class ListedStore implements CertificateStore {
  readonly name: string;
  readonly displayName: string;
  readonly isMachineStore = true;
  readonly #read: () => Promise<StoreListing>;
  readonly #denial: { readonly refused: string; readonly hint: string };

  constructor(
    name: string,
    read: () => Promise<StoreListing>,
    denial: { readonly refused: string; readonly hint: string },
  ) {
    this.name = name;
    this.displayName = name;
    this.#read = read;
    this.#denial = denial;
  }

  async list(): Promise<readonly StoreEntry[]> {
    return (await this.#read()).certificates;
  }

  async listCrls(): Promise<readonly CrlEntry[]> {
    return (await this.#read()).crls;
  }

  async listCtls(): Promise<readonly CtlEntry[]> {
    return (await this.#read()).ctls;
  }

  async listDamaged(): Promise<readonly DamagedEntry[]> {
    return (await this.#read()).damaged;
  }

  async find(certId: string): Promise<readonly StoreEntry[]> {
    return findByCertId(await this.list(), certId);
  }

  async findCrls(token: string): Promise<readonly CrlEntry[]> {
    return findCrlsByToken(await this.listCrls(), token);
  }

  async findCtls(token: string): Promise<readonly CtlEntry[]> {
    return findCtlsByToken(await this.listCtls(), token);
  }

  propertyBytes({ properties }: StoreEntry): ReadonlyMap<number, Uint8Array> {
    return encodeProperties(properties);
  }

  readonly #deny = async (): Promise<never> => {
    throw hresult('ERROR_ACCESS_DENIED', this.#denial.refused, { hint: this.#denial.hint });
  };

  readonly add = this.#deny;
  readonly remove = this.#deny;
  readonly removeDamaged = this.#deny;
  readonly setProperty = this.#deny;
  readonly setPropertyBytes = this.#deny;
  readonly addCrl = this.#deny;
  readonly removeCrl = this.#deny;
  readonly addCtl = this.#deny;
  readonly removeCtl = this.#deny;
}
