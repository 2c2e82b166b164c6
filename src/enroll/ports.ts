/**
 * What enrolling needs from the world. The types are structural: an authority of `ca/api` is a CaClient and the stores of
 * `certstore/ports` are EnrollmentStores as they are, and a browser brings twins of its own.
 */
import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeyProviders, KeySpec } from '#pki/crypto/key-provider';
import type { Certificate } from '#pki/x509/certificate';
import type { CertificateList } from '#pki/x509/certificate-list';

/** What a CA says of a request: MS-WCCE 3.2.1.4.2.1. Denied and pending requests are answers, not errors. */
export interface RequestOutcome {
  readonly requestId: number;
  readonly disposition: 'issued' | 'pending' | 'denied' | 'error';
  /** HRESULT, unsigned; 0 where issued or pending. */
  readonly statusCode: number;
  /** `Issued`, `Taken Under Submission`, `Denied by Policy Module  0x80094800, …`. */
  readonly dispositionMessage: string;
  /** DER, where issued. */
  readonly certificate: Uint8Array | undefined;
  /** Certs-only PKCS #7, where issued. */
  readonly certificateChain: Uint8Array | undefined;
  /** CMC full response (RFC 5272 §3.2). */
  readonly fullResponse: Uint8Array | undefined;
}

export interface ExchangeCertificate {
  readonly certificate: Uint8Array;
  /** The CA's certificates up to the root, the one of its current key first. */
  readonly chain: readonly Uint8Array[];
}

/** A CA as one signed-in client reaches it. */
export interface CaClient {
  /** `HOST\CA`. */
  readonly config: string;
  submit(request: { readonly request: Uint8Array; readonly attributes: string }): Promise<RequestOutcome>;
  /** By request id or serial number. */
  retrieve(request: number | string): Promise<RequestOutcome>;
  exchangeCertificate(): Promise<ExchangeCertificate>;
}

/** CRYPT_MACHINE_KEYSET, in the flags of KeyLocation. */
export const CRYPT_MACHINE_KEYSET = 0x20;

/** CRYPT_KEY_PROV_INFO: where the private key of a certificate is. */
export interface KeyLocation {
  readonly container: string;
  readonly provider: string;
  /** PROV_* number; 0 for a KSP. */
  readonly providerType: number;
  readonly flags: number;
  readonly keySpec: KeySpec;
}

/** CERT_ENROLLMENT_PROP_ID: which CA has the request. */
export interface Enrollment {
  readonly requestId: number;
  readonly caDnsName: string;
  readonly caName: string;
  readonly displayName: string;
}

/** What enrolling keeps with a certificate. */
export interface EnrollmentProperties {
  readonly keyProvInfo?: KeyLocation;
  readonly friendlyName?: string;
  readonly description?: string;
  readonly enrollment?: Enrollment;
  /** Hash of the encrypted private key that was sent to be archived. */
  readonly archivedKeyHash?: Uint8Array;
  /** DNS name of the machine the request was made on. */
  readonly requestOriginator?: string;
  /** Of a request that renews: the SHA-1 of the certificate that it will replace. */
  readonly renews?: Uint8Array;
  /** Of a request that an enrollment agent makes: for whom. */
  readonly onBehalfOf?: string;
  /** Replaced by another, and shown only where it is asked for. */
  readonly archived?: true;
  /** SHA-1 of the certificate that renewed this one. */
  readonly renewal?: Uint8Array;
}

export interface EnrollmentEntry {
  readonly certificate: Certificate;
  /** SHA-1, lower-case hexadecimal. */
  readonly thumbprint: string;
  readonly properties: EnrollmentProperties;
}

export interface EnrollmentStore {
  list(): Promise<readonly EnrollmentEntry[]>;
  /** By serial number, hash or name: certutil's CertId. */
  find(certId: string): Promise<readonly EnrollmentEntry[]>;
  /** An entry that is there already stays, with these properties set on it. */
  add(certificate: Uint8Array, properties?: EnrollmentProperties): Promise<unknown>;
  remove(entry: EnrollmentEntry): Promise<boolean>;
  setProperty<Name extends keyof EnrollmentProperties>(
    entry: EnrollmentEntry,
    name: Name,
    value: EnrollmentProperties[Name] | undefined,
  ): Promise<void>;
  listCrls(): Promise<readonly { readonly crl: CertificateList }[]>;
}

/** The stores of the machine or of one user: My, AddressBook, Request, Root and CA are used. */
export interface EnrollmentStores {
  open(name: string): EnrollmentStore;
}

export interface Clock {
  now(): Date;
}

/** Fetches what a certificate points to. Undefined where nothing is there, or nobody answers. */
export interface Retriever {
  retrieve(url: string): Promise<Uint8Array | undefined>;
}

/** Who makes requests, as requests say it (szOID_REQUEST_CLIENT_INFO, szOID_OS_VERSION). */
export interface EnrollmentClient {
  /** DNS name. */
  readonly machineName: string;
  /** `DOMAIN\user`. */
  readonly userName: string;
  readonly processName: string;
  /** `major.minor.build.platform`. */
  readonly osVersion: string;
}

/** Everything at once, for the machine or for one user. */
export interface EnrollmentPorts {
  readonly engine: CryptoEngine;
  readonly clock: Clock;
  readonly stores: EnrollmentStores;
  readonly providers: KeyProviders;
  readonly retriever: Retriever;
  readonly client: EnrollmentClient;
}
