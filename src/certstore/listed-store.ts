import { HresultError, hresult } from '#hresult/hresult-error';
import { decodeCertificateTrustList } from '#pki/cms/certificate-trust-list';
import { decodeCertificate } from '#pki/x509/certificate';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import type { StoreElement } from '#pki/x509/serialized-store';
import { findByCertId, findCrlsByToken, findCtlsByToken } from './cert-id.ts';
import type {
  CertificateStore,
  CrlEntry,
  CtlEntry,
  DamagedEntry,
  PhysicalStore,
  StoreEntry,
} from './ports/certificate-store.ts';
import { decodeProperties, encodeProperties } from './property-codec.ts';
import { sha1 } from './sha1.ts';

/** All that a store holds, read at once. */
export interface StoreListing {
  readonly certificates: readonly StoreEntry[];
  readonly crls: readonly CrlEntry[];
  readonly ctls: readonly CtlEntry[];
  readonly damaged: readonly DamagedEntry[];
}

/** In the order of the elements, each once; one that cannot be read is damaged, with what `faultOf` says of it. */
export function listingOf<Element extends StoreElement>(
  physicalStore: PhysicalStore,
  elements: Iterable<Element>,
  faultOf: (cause: HresultError, element: Element, thumbprint: string) => HresultError,
): StoreListing {
  const certificates = new Map<string, StoreEntry>();
  const crls = new Map<string, CrlEntry>();
  const ctls = new Map<string, CtlEntry>();
  const damaged: DamagedEntry[] = [];
  for (const element of elements) {
    const { kind, encoded, properties } = element;
    const thumbprint = sha1(encoded);
    const known = { certificate: certificates, crl: crls, ctl: ctls }[kind];
    if (known.has(thumbprint)) continue;
    const common = { index: known.size, thumbprint, physicalStore } as const;
    try {
      if (kind === 'crl') crls.set(thumbprint, { ...common, crl: decodeCertificateList(encoded) });
      else if (kind === 'ctl') ctls.set(thumbprint, { ...common, ctl: decodeCertificateTrustList(encoded) });
      else {
        const certificate = decodeCertificate(encoded);
        certificates.set(thumbprint, { ...common, certificate, properties: decodeProperties(properties) });
      }
    } catch (cause) {
      if (!(cause instanceof HresultError)) throw cause;
      damaged.push({ kind, thumbprint, error: faultOf(cause, element, thumbprint), physicalStore });
    }
  }
  return {
    certificates: [...certificates.values()],
    crls: [...crls.values()],
    ctls: [...ctls.values()],
    damaged,
  };
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
