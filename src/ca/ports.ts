/** What the authority needs from the world. Adapters keep these contracts; `src/bin` binds them together. */
import type { HresultError } from '#hresult/hresult-error';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { KeyProviders, KeySpec } from '#pki/crypto/key-provider';
import type { ResealJob } from './archive/reseal-key.ts';
import type { AuditRecord } from './audit/audit-record.ts';
import type { EventRecord } from './audit/event-record.ts';
import type { AttributeRow } from './schema/attributes.ts';
import type { CertificateRow } from './schema/certificates.ts';
import type { ColumnValue } from './schema/column.ts';
import type { CrlRow } from './schema/crls.ts';
import type { ExtensionRow } from './schema/extensions.ts';
import type { RequestRow } from './schema/requests.ts';

export interface Clock {
  now(): Date;
}

/** One change. A unit of work is an array of them: written whole and durably, or not at all. */
export type Write =
  | { readonly insert: 'Requests'; readonly row: Partial<RequestRow> & { readonly RequestID: number } }
  | {
      readonly update: 'Requests';
      readonly RequestID: number;
      readonly set: Partial<RequestRow>;
      /** The unit fails with CERTSRV_E_BAD_REQUESTSTATUS where the row's disposition is none of these. */
      readonly whenDisposition?: readonly number[];
    }
  /** Fails with NTE_EXISTS where the serial number is taken. */
  | { readonly insert: 'Certificates'; readonly row: Partial<CertificateRow> & { readonly RequestID: number } }
  | { readonly update: 'Certificates'; readonly RequestID: number; readonly set: Partial<CertificateRow> }
  | { readonly insert: 'Extensions'; readonly row: ExtensionRow }
  | { readonly insert: 'Attributes'; readonly row: AttributeRow }
  | { readonly insert: 'CRLs'; readonly row: Partial<CrlRow> & { readonly CRLRowId: number } }
  | { readonly update: 'CRLs'; readonly CRLRowId: number; readonly set: Partial<CrlRow> }
  /**
   * What is about to be signed for a request: kept until the signed certificate is recorded, and published where it has to be,
   * so that a crash between leaves no unknown signature and no certificate half-way.
   */
  | { readonly insert: 'Signings'; readonly row: Signing }
  | { readonly delete: 'Signings'; readonly RequestID: number }
  /** Deletes one request with its certificate, extensions and attributes; rows with an archived key are refused. */
  | { readonly delete: 'Requests'; readonly RequestID: number }
  | { readonly append: 'Audit'; readonly record: AuditRecord }
  | { readonly append: 'Events'; readonly record: EventRecord }
  | { readonly set: 'Registry'; readonly path: string; readonly name: string; readonly value: RegistryValue }
  | { readonly remove: 'Registry'; readonly path: string; readonly name: string };

/** A to-be-signed certificate that was recorded and may have been signed. */
export interface Signing {
  readonly RequestID: number;
  /** DER TBSCertificate. */
  readonly toBeSigned: Uint8Array;
}

/** REG_SZ, REG_DWORD (unsigned), REG_MULTI_SZ, REG_BINARY. */
export type RegistryValue =
  | { readonly type: 'REG_SZ'; readonly data: string }
  | { readonly type: 'REG_DWORD'; readonly data: number }
  | { readonly type: 'REG_MULTI_SZ'; readonly data: readonly string[] }
  | { readonly type: 'REG_BINARY'; readonly data: Uint8Array };

export type ViewTable = 'Requests' | 'Extensions' | 'Attributes' | 'CRLs';

export interface Restriction {
  /** `Request.Disposition`, `SerialNumber`, `CRLNumber`: names as certutil prints them. */
  readonly column: string;
  readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=';
  readonly value: ColumnValue;
}

export interface ViewQuery {
  /** `Requests` is the join of requests and certificates. */
  readonly table: ViewTable;
  /** All of them hold. String columns compare without regard to case. */
  readonly restrictions?: readonly Restriction[];
  /** Columns to read, by printed name; all where absent. */
  readonly columns?: readonly string[];
  /** By the table's key where absent. */
  readonly sort?: { readonly column: string; readonly descending: boolean };
  readonly limit?: number;
}

/** One row of a view: printed column name to value. */
export type ViewRow = ReadonlyMap<string, ColumnValue>;

export interface CaDatabase {
  /** Writes the unit; resolves once it would survive a power cut. Units that arrive together share one commit. */
  commit(unit: readonly Write[]): Promise<void>;
  /** A number no request had before. Gaps are allowed. */
  nextRequestId(): Promise<number>;
  nextCrlRowId(): Promise<number>;
  request(requestId: number): Promise<RequestRow | undefined>;
  certificate(requestId: number): Promise<CertificateRow | undefined>;
  extensions(requestId: number): Promise<readonly ExtensionRow[]>;
  attributes(requestId: number): Promise<readonly AttributeRow[]>;
  /** Streams; throws ERROR_INVALID_PARAMETER for an unknown column. */
  view(query: ViewQuery): AsyncIterable<ViewRow>;
  /** Signings that were begun and not brought to their end, in the order of their requests. */
  signings(): Promise<readonly Signing[]>;
  /** All values below the CA's key, in no order. Callers share the answer and change nothing in it. */
  registry(): Promise<readonly { readonly path: string; readonly name: string; readonly value: RegistryValue }[]>;
  audit(): AsyncIterable<AuditEntry>;
  events(): AsyncIterable<EventRecord & { readonly index: number }>;
  close(): Promise<void>;
}

/** An audit record where it stands in the chain: hash = SHA-256(previous hash, record). */
export interface AuditEntry {
  readonly index: number;
  readonly record: AuditRecord;
  readonly hash: Uint8Array;
}

/** One object of the directory, LDAP's way: attribute name to values. Text values are strings. */
export interface DirectoryObject {
  readonly distinguishedName: string;
  readonly attributes: ReadonlyMap<string, readonly (string | Uint8Array)[]>;
}

/** A person, computer or group as the authority sees it. */
export interface DirectoryPrincipal {
  /** DOMAIN\name. */
  readonly accountName: string;
  readonly sid: string;
  readonly kind: 'user' | 'computer' | 'group';
  /** Without userCertificate, which may have thousands of values: `Directory.object` has it. */
  readonly object: DirectoryObject;
  /** SIDs of all groups it is in, nested ones and the well-known ones (Everyone, Authenticated Users) included. */
  readonly groupSids: readonly string[];
}

export interface Directory {
  /** e.g. `CONTOSO` and `contoso.com`. */
  readonly domain: { readonly netbiosName: string; readonly dnsName: string; readonly sid: string };
  /** `CN=Configuration,DC=contoso,DC=com`. */
  readonly configurationDN: string;
  /**
   * Differs from every earlier answer once an object at or below the container has changed, whoever changed it. It may
   * differ for changes elsewhere too, in the configuration partition only for changes of the configuration partition.
   */
  changeNumber(container: string): Promise<string>;
  /**
   * By DOMAIN\name, container\name, UPN, SID, distinguished name or CN. Several hits are all answered.
   */
  findPrincipals(token: string): Promise<readonly DirectoryPrincipal[]>;
  object(distinguishedName: string): Promise<DirectoryObject | undefined>;
  /** Objects directly below a container. */
  children(distinguishedName: string): Promise<readonly DirectoryObject[]>;
  /** Creates the object or replaces the attributes named (an empty list removes one). */
  put(distinguishedName: string, attributes: ReadonlyMap<string, readonly (string | Uint8Array)[]>): Promise<void>;
  /** Adds values that are not there yet. */
  addValues(distinguishedName: string, attribute: string, values: readonly (string | Uint8Array)[]): Promise<void>;
  remove(distinguishedName: string): Promise<void>;
}

/** Where a user's private key is taken over: `resealKey`, in this thread or in others. */
export interface KeyArchiver {
  /** Throws as `resealKey` does. */
  reseal(job: ResealJob): Promise<Uint8Array>;
}

/** Where a stored certificate's private key is: CERT_KEY_PROV_INFO. */
export interface KeyLocation {
  readonly provider: string;
  readonly container: string;
  readonly keySpec: KeySpec;
}

/** The machine's certificate stores, as far as the authority uses them. */
export interface MachineStores {
  list(
    store: 'My' | 'Root' | 'CA' | 'KRA',
  ): Promise<readonly { readonly certificate: Uint8Array; readonly key: KeyLocation | undefined }[]>;
  /** What stands in no list, because something else changed its files: what is wrong, by SHA-1 in lower-case hexadecimal. */
  damaged(store: 'My' | 'KRA'): Promise<ReadonlyMap<string, HresultError>>;
  /** Adding what is there already changes nothing but a key location that was missing. */
  add(store: 'My' | 'Root' | 'CA' | 'KRA', certificate: Uint8Array, key?: KeyLocation): Promise<void>;
  /** Removing what is not there changes nothing; a key stays in its provider. */
  remove(store: 'My' | 'Root' | 'CA' | 'KRA', certificate: Uint8Array): Promise<void>;
}

/** Where CRLs and CA certificates go. One failing place does not stop the others; each result is answered. */
export interface Publisher {
  /** `place` is an expanded URL or path out of CRLPublicationURLs or CACertPublicationURLs. */
  publish(place: string, content: Uint8Array): Promise<void>;
}

/** What the chain check may fetch from: the local directory, files and http. Undefined where nothing is there. */
export interface Retriever {
  retrieve(url: string): Promise<Uint8Array | undefined>;
}

/** All that an authority works with. */
export interface AuthorityPorts {
  readonly engine: CryptoEngine;
  readonly clock: Clock;
  readonly database: CaDatabase;
  /** Holds the callers of a stand-alone CA too; only an enterprise CA issues by its templates and publishes to it. */
  readonly directory: Directory;
  readonly providers: KeyProviders;
  readonly stores: MachineStores;
  readonly publisher: Publisher;
  readonly retriever: Retriever;
  readonly keyArchiver: KeyArchiver;
  /** Throws ERROR_BUSY where a move of the CA's keys to another provider was begun and has not ended. */
  requireNoKeyMove?(): Promise<void>;
}
