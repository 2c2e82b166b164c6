/**
 * What an authority offers one signed-in caller: MS-WCCE's ICertRequestD and MS-CSRA's ICertAdminD by purpose. Every door
 * (command line, web, protocols) uses this and nothing else; the transport between is the door's business.
 */
import type { EventRecord } from './audit/event-record.ts';
import type { AuditEntry, DirectoryPrincipal, RegistryValue, ViewQuery, ViewRow } from './ports.ts';
import type { CaRight, CaRole } from './roles/rights.ts';

/** The outcome of a request, as a value: a denied or pending request is no error. MS-WCCE 3.2.1.4.2.1. */
export interface RequestOutcome {
  readonly requestId: number;
  readonly disposition: 'issued' | 'pending' | 'denied' | 'error';
  /** HRESULT, unsigned; 0 where issued or pending. */
  readonly statusCode: number;
  /** e.g. `Issued`, `Taken Under Submission`, `Denied by Policy Module  0x80094800, …`. */
  readonly dispositionMessage: string;
  /** DER, where issued. */
  readonly certificate: Uint8Array | undefined;
  /** Certs-only PKCS #7 with the certificate and its chain, where issued. */
  readonly certificateChain: Uint8Array | undefined;
  /** CMC full response (RFC 5272 §3.2), for every outcome unless the caller wanted none. */
  readonly fullResponse: Uint8Array | undefined;
}

export interface SubmittedRequest {
  /** DER or BER: PKCS #10, CMC, PKCS #7. */
  readonly request: Uint8Array;
  /** `Name:Value` lines. */
  readonly attributes: string;
  /** CR_IN_FULLRESPONSE; true where absent. Each costs a signature of the CA's key. */
  readonly fullResponse?: boolean;
}

/** One archived key that a search token met. */
export interface ArchivedKeyHit {
  readonly requestId: number;
  readonly serialNumber: string;
  readonly certificate: Uint8Array;
  /** `EFS2, EFS 2`: common name and display name, or the v1 name. */
  readonly template: string;
  readonly upn: string | undefined;
  readonly commonName: string | undefined;
}

/** A KRA whose key opens the BLOB: from the recipient infos of the archived key, with the certificate where it is known. */
export interface RecoveryRecipient {
  /** `ktri`: the content key is transported to an RSA key; `kari`: agreed upon with an elliptic curve key. */
  readonly type: 'ktri' | 'kari';
  readonly issuer: string;
  readonly serialNumber: string;
  readonly subject: string | undefined;
  /** SHA-1, lower-case hex. */
  readonly thumbprint: string | undefined;
}

export interface ExchangeCertificate {
  readonly certificate: Uint8Array;
  /** The CA's certificates up to the root, issuer first. */
  readonly chain: readonly Uint8Array[];
}

export interface CaCertificateInfo {
  readonly index: number;
  readonly keyIndex: number;
  readonly certificate: Uint8Array;
  /** MS-WCCE CA_DISP: 1 error, 2 revoked, 3 valid, 4 invalid (expired). */
  readonly state: number;
  /** HRESULT of its chain, unsigned; 0 where all is well. */
  readonly statusCode: number;
  /** DER, this certificate first, up to the root. */
  readonly chain: readonly Uint8Array[];
  /** Where the certificates it issues say that OCSP, its certificate and its CRL are. */
  readonly ocspUrls: readonly string[];
  readonly aiaUrls: readonly string[];
  readonly cdpUrls: readonly string[];
}

/** The newest CRL of a key. */
export interface CrlInfo {
  readonly keyIndex: number;
  readonly crl: Uint8Array | undefined;
  /** CPF_ bits. */
  readonly publishStatus: number;
}

export interface KraCertificateInfo {
  readonly index: number;
  /** SHA-1, lower-case hex, out of KRACertHash. */
  readonly thumbprint: string;
  readonly certificate: Uint8Array | undefined;
  /** KRA_DISP: 0 expired, 1 not found, 2 revoked, 3 valid, 4 invalid, 5 untrusted, 6 not loaded. */
  readonly state: number;
}

/** One that may be chosen, or is. */
export interface KeyRecoveryAgent extends Omit<KraCertificateInfo, 'index'> {
  /** Its place in KRACertHash; undefined where it is not chosen. */
  readonly index: number | undefined;
}

export interface KeyRecoveryAgentsChange {
  /** DER certificates, put behind those that are chosen. */
  readonly add: readonly Uint8Array[];
  /** SHA-1, lower-case hex. */
  readonly remove: readonly string[];
  /** How many each key is sealed to; as before where absent. */
  readonly used?: number;
}

/** How the CA's own certificate is renewed. */
export interface CaRenewal {
  /** The key stays; otherwise a new one is made. */
  readonly reuseKey: boolean;
  /** Gives up a renewal that was begun and could not be brought to its end. */
  readonly force?: boolean;
}

export interface RenewedCaCertificate {
  readonly index: number;
  readonly keyIndex: number;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly provider: string;
  readonly container: string;
}

/** MS-WCCE 3.2.1.4.3.2: the CA properties that `-CAInfo` prints. */
export interface CaInfo {
  readonly commonName: string;
  readonly sanitizedName: string;
  readonly sanitizedShortName: string;
  readonly dnsName: string;
  readonly caType: number;
  readonly productVersion: string;
  readonly policyDescription: string;
  readonly exitDescriptions: readonly string[];
  readonly certificates: readonly CaCertificateInfo[];
  readonly crls: readonly CrlInfo[];
  /** Empty where none was published. */
  readonly deltaCrls: readonly CrlInfo[];
  readonly kraUsed: number;
  readonly kras: readonly KraCertificateInfo[];
  readonly roleSeparationEnabled: boolean;
  readonly advancedServer: boolean;
  /** common name and OID of each published template. */
  readonly templates: readonly { readonly commonName: string; readonly oid: string }[];
  readonly parentCa: string | undefined;
  /** RFC 4646, of the texts this CA answers with. */
  readonly localeName: string;
  /** The order of the parts of a subject (SubjectTemplate), as attribute types. */
  readonly subjectTemplateOids: readonly string[];
  readonly propIdMax: number;
}

export interface TemplateInfo {
  readonly commonName: string;
  readonly displayName: string;
  /** The caller may enroll, autoenroll. */
  readonly mayEnroll: boolean;
  readonly mayAutoenroll: boolean;
}

export interface RegistrySetting {
  readonly path: string;
  readonly name: string;
  readonly value: RegistryValue;
}

/** What came of a registration file. */
export interface RegistryImport {
  /** In the order of the file; `before` undefined where the value was not there, `after` where it was taken away. */
  readonly changes: readonly {
    readonly path: string;
    readonly name: string;
    readonly before: RegistryValue | undefined;
    readonly after: RegistryValue | undefined;
  }[];
  /** How many values were so before. */
  readonly unchanged: number;
  /** What is no setting that a CA of this machine can have, by its line. */
  readonly leftOut: readonly { readonly line: number; readonly name: string; readonly why: string }[];
}

/** MS-CSRA 3.1.4.1.1 SetExtension. */
export interface ExtensionSetting {
  readonly extnID: string;
  readonly critical: boolean;
  /** The certificate shall not have it. */
  readonly disabled: boolean;
  /** DER; does not count where it is disabled. */
  readonly extnValue: Uint8Array;
  /** As what it was given, for audit. */
  readonly dataType: 'long' | 'date' | 'string' | 'binary';
}

/** One request; or all that failed or waited since before a date; or those whose certificate expired before one. */
export type RowDeletion =
  | { readonly requestId: number }
  | { readonly which: 'undecided' | 'expired'; readonly before: Date };

/** MS-CSRA 3.1.4.2.1 PublishCRLs. */
export interface CrlRequest {
  /** Milliseconds until its nextUpdate; what the configuration says where it is left out. */
  readonly life?: number;
  /** The newest CRL once more to all its places, instead of a new one. */
  readonly republish?: boolean;
  /** A new one although the newest is dated later than now: it was issued while the clock was ahead. */
  readonly force?: boolean;
}

/** Somebody with a role on the CA, of his own or through groups. */
export interface RoleHolder extends Pick<DirectoryPrincipal, 'accountName' | 'sid' | 'kind'> {
  readonly roles: readonly CaRole[];
}

/** Certificate managers are restricted by OfficerRights, enrollment agents by EnrollmentAgentRights. */
export type RestrictionKind = 'OfficerRights' | 'EnrollmentAgentRights';

/**
 * Whose requests, by which template, a certificate manager may manage, or for whom an enrollment agent may ask (`allow`), or
 * may not (`deny`). MS-CSRA 2.2.1.11.
 */
export interface OfficerRestriction {
  readonly type: 'allow' | 'deny';
  /** Requesters, and groups they are in: DOMAIN\name; `Everyone`. */
  readonly subjects: readonly string[];
  /** Common name, or OID as AD CS writes it; undefined for every template. */
  readonly template: string | undefined;
}

export interface OfficerEntry extends OfficerRestriction {
  /** A certificate manager or an enrollment agent, or a group of them. */
  readonly officer: string;
}

export interface RestrictedOfficer {
  readonly accountName: string;
  /** Groups through which he is free all the same. */
  readonly unrestrictedThrough: readonly string[];
}

export interface CaRoles {
  /** Whoever holds several roles is refused all of them: now, and once the CA starts again. */
  readonly isSeparated: boolean;
  readonly isSeparatedAtStart: boolean;
  readonly holders: readonly RoleHolder[];
}

/** The configuration of a CA, open also where the CA does not start with it. */
export interface CaConfiguration {
  /** MS-WCCE 3.1.1.4.1.1: the name of its registry key. */
  readonly sanitizedName: string;
  /** Read, officer or administrator. */
  registry(): Promise<readonly RegistrySetting[]>;
  /** Administrator; for AuditFilter auditor, for RoleSeparationEnabled an administrator of the machine. */
  setRegistry(setting: RegistrySetting): Promise<void>;
  /** As setRegistry. */
  removeRegistry(path: string, name: string): Promise<void>;
  /** The content of a registration file, all of it or nothing. Each value as setRegistry and removeRegistry. */
  importRegistry(file: Uint8Array): Promise<RegistryImport>;
  /**
   * Administrator. A root CA signs itself a new certificate, also where the old one has ended. The CA starts again with it:
   * calls that come meanwhile wait.
   */
  renewCertificate(renewal: CaRenewal): Promise<RenewedCaCertificate>;
  /** Read, officer or administrator. */
  roles(): Promise<CaRoles>;
  /** Auditor. The chained security log, from its first entry. */
  auditLog(): AsyncIterable<AuditEntry>;
  /** Read, officer or administrator. The application log. */
  eventLog(): AsyncIterable<EventRecord & { readonly index: number }>;
  close(): Promise<void>;
}

export interface CertificationAuthority extends Omit<CaConfiguration, 'sanitizedName'> {
  /** `HOST\CA`. */
  readonly config: string;
  ping(): Promise<void>;
  /** Throws CERTSRV_E_ENROLL_DENIED; all other refusals are outcomes. */
  submit(request: SubmittedRequest): Promise<RequestOutcome>;
  /** By request id or serial number. Throws CERTSRV_E_PROPERTY_EMPTY for an unknown one and for another's. */
  retrieve(request: number | string): Promise<RequestOutcome>;
  /** Officer. Throws CERTSRV_E_BAD_REQUESTSTATUS unless pending, denied or failed. */
  resubmit(requestId: number): Promise<RequestOutcome>;
  /** Officer. Throws CERTSRV_E_BAD_REQUESTSTATUS unless pending. */
  deny(requestId: number): Promise<void>;
  /** Officer. `Name:Value` lines for a waiting request. Throws CERTSRV_E_BAD_REQUESTSTATUS unless it is pending. */
  setAttributes(requestId: number, attributes: string): Promise<void>;
  /** Officer. As setAttributes; ERROR_ACCESS_DENIED for an extension that the template or the CA decides. */
  setExtension(requestId: number, extension: ExtensionSetting): Promise<void>;
  /** Administrator and officer in one person. Answers how many rows were deleted; none with an archived key is. */
  deleteRows(deletion: RowDeletion): Promise<number>;
  /** Makes one where none is current. */
  exchangeCertificate(): Promise<ExchangeCertificate>;
  info(): Promise<CaInfo>;

  /** Officer. CN, UPN, DOMAIN\name, container\name, serial number, SHA-1 thumbprint, request id. */
  searchArchivedKeys(token: string): Promise<readonly ArchivedKeyHit[]>;
  /** Officer; audited before it answers. Throws CERTSRV_E_PROPERTY_EMPTY, CRYPT_E_NOT_FOUND (a KRA certificate is missing). */
  getArchivedKey(
    requestId: number,
  ): Promise<{ readonly recoveryBlob: Uint8Array; readonly recipients: readonly RecoveryRecipient[] }>;
  /** Officer. The recipients alone; nothing is retrieved. */
  recoveryRecipients(requestId: number): Promise<readonly RecoveryRecipient[]>;

  /** Read, officer or administrator. */
  view(query: ViewQuery): AsyncIterable<ViewRow>;
  templates(): Promise<readonly TemplateInfo[]>;
  /** Administrator. Refuses unknown ones (CERTSRV_E_UNKNOWN_CERT_TYPE) and those open to an ESC attack class. */
  setTemplates(commonNames: readonly string[]): Promise<void>;
  /**
   * Officer. All or none: a CRLReason of RFC 5280 §5.3.1, or UNREVOKE (0xffffffff) for those on hold. Throws
   * ERROR_INVALID_PARAMETER for an unknown serial number, CERTSRV_E_BAD_REQUESTSTATUS for one that is revoked already.
   */
  revoke(serialNumbers: readonly string[], reason: number): Promise<void>;
  /** Administrator. Signs and publishes a base CRL for each CA key. */
  publishCrl(request?: CrlRequest): Promise<void>;
  /** Administrator. Replaces the list of key recovery agents and how many of them each key is sealed to; takes effect at restart. */
  setKeyRecoveryAgents(certificates: readonly Uint8Array[], used: number): Promise<void>;
  /** Administrator. Adds and removes some; answers how many are chosen, and how many each key is sealed to. */
  changeKeyRecoveryAgents(change: KeyRecoveryAgentsChange): Promise<{ readonly agents: number; readonly used: number }>;
  /** Read, officer or administrator. Those chosen, in their order, then all others of the KRA store and the directory. */
  keyRecoveryAgents(): Promise<readonly KeyRecoveryAgent[]>;
  /** Administrator. Gives an account exactly these rights on the CA; takes effect at once. */
  setRights(account: string, rights: readonly CaRight[]): Promise<void>;
  /** Read, officer or administrator. Undefined where nobody is restricted. */
  officerRestrictions(kind: RestrictionKind): Promise<readonly OfficerEntry[] | undefined>;
  /** Administrator. Lets a certificate manager, or an enrollment agent, do exactly this; takes effect at once. */
  restrictOfficer(
    kind: RestrictionKind,
    account: string,
    restrictions: readonly OfficerRestriction[],
  ): Promise<RestrictedOfficer>;
  /** Administrator. Nobody is restricted. */
  liftOfficerRestrictions(kind: RestrictionKind): Promise<void>;
  /**
   * Administrator or backup operator. Stops the service once what is under way is answered: ServerControl of MS-CSRA. Throws
   * ERROR_SERVICE_NOT_ACTIVE where the CA runs for the length of this connection only.
   */
  shutdown(): Promise<void>;
}
