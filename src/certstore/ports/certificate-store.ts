/** What the doors see of the certificate stores; `openCertificateStores` keeps it over directories of files. */
import type { HresultError } from '#hresult/hresult-error';
import type { CertificateTrustList } from '#pki/cms/certificate-trust-list';
import type { KeySpec } from '#pki/crypto/key-provider';
import type { Certificate } from '#pki/x509/certificate';
import type { CertificateList } from '#pki/x509/certificate-list';

/** CRYPT_MACHINE_KEYSET and NCRYPT_MACHINE_KEY_FLAG, in the flags of KeyProvInfo. */
export const CRYPT_MACHINE_KEYSET = 0x20;

/** CRYPT_KEY_PROV_INFO: where the private key of a certificate is. KeySpec is data of the entry, not of the key. */
export interface KeyProvInfo {
  /** The container's name, or its unique name as enrollment under a CSP stores it. */
  readonly container: string;
  readonly provider: string;
  /** PROV_* number; 0 for a KSP. */
  readonly providerType: number;
  readonly flags: number;
  /** What was recorded, even where it does not suit the provider: printing and repairing need to see that. */
  readonly keySpec: KeySpec;
}

/** CERT_ENROLLMENT_PROP_ID: which CA has the request that an entry of the Request store stands for. */
export interface Enrollment {
  readonly requestId: number;
  readonly caDnsName: string;
  readonly caName: string;
  readonly displayName: string;
}

/** Properties of an entry; the comment is the CERT_*_PROP_ID. */
export interface CertificateProperties {
  /** 2 CERT_KEY_PROV_INFO_PROP_ID */
  readonly keyProvInfo?: KeyProvInfo;
  /** 11 CERT_FRIENDLY_NAME_PROP_ID */
  readonly friendlyName?: string;
  /** 13 CERT_DESCRIPTION_PROP_ID */
  readonly description?: string;
  /** 19 CERT_ARCHIVED_PROP_ID: superseded, shown only where it is asked for. */
  readonly archived?: true;
  /** 20 CERT_KEY_IDENTIFIER_PROP_ID */
  readonly keyIdentifier?: Uint8Array;
  /** 26 CERT_ENROLLMENT_PROP_ID */
  readonly enrollment?: Enrollment;
  /** 64 CERT_RENEWAL_PROP_ID: SHA-1 of the certificate that renewed this one. */
  readonly renewal?: Uint8Array;
  /** 65 CERT_ARCHIVED_KEY_HASH_PROP_ID: hash of the encrypted private key that was sent to be archived. */
  readonly archivedKeyHash?: Uint8Array;
  /** 71 CERT_REQUEST_ORIGINATOR_PROP_ID: DNS name of the machine the request was made on. */
  readonly requestOriginator?: string;
  /** 0x8001, of ours: SHA-1 of the certificate that the request of this entry renews. */
  readonly renews?: Uint8Array;
  /** 0x8002, of ours: for whom an enrollment agent made the request of this entry. */
  readonly onBehalfOf?: string;
  /** All others, by CERT_*_PROP_ID. */
  readonly others?: ReadonlyMap<number, Uint8Array>;
}

export type PropertyName = Exclude<keyof CertificateProperties, 'others'>;

/**
 * Which part of a collection an entry is in: its own; that of the machine, seen through the store of a user or service; that
 * of the enterprise, seen through the machine's; what the directory publishes, seen through that of the enterprise.
 */
export type PhysicalStore = '.Default' | '.LocalMachine' | '.Enterprise' | '.Directory';

export interface StoreEntry {
  /** Its place in its store, which certutil prints and takes as CertId. */
  readonly index: number;
  readonly certificate: Certificate;
  /** SHA-1 over the certificate in lower-case hexadecimal: the entry's name in its store. */
  readonly thumbprint: string;
  readonly properties: CertificateProperties;
  /** All but `.Default` are changed where they are, not through this store. */
  readonly physicalStore: PhysicalStore;
}

export interface CrlEntry {
  readonly index: number;
  readonly crl: CertificateList;
  readonly thumbprint: string;
  readonly physicalStore: PhysicalStore;
}

/** A certificate trust list of the Trust store. Nothing here trusts by one: they are kept and listed. */
export interface CtlEntry {
  readonly index: number;
  readonly ctl: CertificateTrustList;
  readonly thumbprint: string;
  readonly physicalStore: PhysicalStore;
}

/** An entry that something else has changed, or whose files cannot be read: no list has it. */
export interface DamagedEntry {
  readonly kind: 'certificate' | 'crl' | 'ctl';
  /** SHA-1 in lower-case hexadecimal, after which its files are named. */
  readonly thumbprint: string;
  /** ERROR_INVALID_DATA and the like, with the path. */
  readonly error: HresultError;
  readonly physicalStore: PhysicalStore;
}

export type AddResult = 'added' | 'already in store';

export interface CertificateStore {
  /** `My`, `Root`, `CA`... as Windows spells it. */
  readonly name: string;
  /** `Personal`; the name where Windows shows no other. */
  readonly displayName: string;
  readonly isMachineStore: boolean;
  /**
   * All entries that are whole, archived ones too, by thumbprint. Throws ERROR_INVALID_DATA where one of Disallowed is damaged:
   * what silently went missing from there would be trusted.
   */
  list(): Promise<readonly StoreEntry[]>;
  /** All entries that a CertId token of certutil stands for: number, serial number, hash, OID or name. */
  find(certId: string): Promise<readonly StoreEntry[]>;
  /**
   * Takes a DER certificate. An entry that is there already stays, with the properties given here set on it; a damaged one is
   * made whole.
   * Throws Asn1Error for what is no certificate, ERROR_INVALID_DATA where a property does not decode.
   */
  add(certificate: Uint8Array, properties?: CertificateProperties): Promise<AddResult>;
  /** False where somebody else removed it before. Throws ERROR_ACCESS_DENIED for an entry that is not of `.Default`. */
  remove(entry: StoreEntry): Promise<boolean>;
  /** Sets one property, or removes it with undefined. Throws CRYPT_E_NOT_FOUND where the entry is gone. */
  setProperty<Name extends PropertyName>(
    entry: StoreEntry,
    name: Name,
    value: CertificateProperties[Name] | undefined,
  ): Promise<void>;
  /**
   * The same by number, with the bytes Windows keeps for it: what -repairstore is given. Throws ERROR_INVALID_DATA where
   * a property this store understands does not decode.
   */
  setPropertyBytes(entry: StoreEntry, propId: number, value: Uint8Array | undefined): Promise<void>;
  /** The properties of an entry by number, with the bytes Windows keeps for them. */
  propertyBytes(entry: StoreEntry): ReadonlyMap<number, Uint8Array>;
  listCrls(): Promise<readonly CrlEntry[]>;
  /** By `.0` (its place), SHA-1, or the issuer's common name. */
  findCrls(token: string): Promise<readonly CrlEntry[]>;
  addCrl(crl: Uint8Array): Promise<AddResult>;
  removeCrl(entry: CrlEntry): Promise<boolean>;
  listCtls(): Promise<readonly CtlEntry[]>;
  /** By `..0` (its place) or SHA-1. */
  findCtls(token: string): Promise<readonly CtlEntry[]>;
  /** Throws CRYPT_E_INVALID_MSG_TYPE for what is no CTL, Asn1Error. */
  addCtl(ctl: Uint8Array): Promise<AddResult>;
  removeCtl(entry: CtlEntry): Promise<boolean>;
  listDamaged(): Promise<readonly DamagedEntry[]>;
  /** As `remove`. */
  removeDamaged(entry: DamagedEntry): Promise<boolean>;
}

/** The stores of service accounts on this machine, by the name of the service. */
export interface ServiceStores {
  /** Those that have stores, sorted. */
  services(): Promise<readonly string[]>;
  /** Throws ERROR_INVALID_NAME for what is no name of a service. Nothing is made before the first addition. */
  of(service: string): Promise<CertificateStores>;
}

/** The stores of the machine, of one user or service account, or of the enterprise. */
export interface CertificateStores {
  /**
   * Names are compared without regard to case. One that there is no store of throws ERROR_FILE_NOT_FOUND, or with `create`
   * becomes one with the first addition; then ERROR_INVALID_NAME for what cannot be one.
   */
  open(name: string, options?: { readonly create?: boolean }): CertificateStore;
  /** Windows' own, then those that somebody made. */
  readonly all: readonly CertificateStore[];
}
