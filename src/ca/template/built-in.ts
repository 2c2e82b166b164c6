/**
 * The templates a new forest has: MS-CRTD appendix A note <42> (Windows Vista, Windows Server 2008 and later). One row a
 * template, in the order of the certutil list.
 */
import {
  szOID_ENROLLMENT_AGENT as AGENT,
  id_ce_basicConstraints as BASIC_CONSTRAINTS,
  id_kp_clientAuth as CLI,
  id_kp_codeSigning as CODE,
  szOID_KP_CTL_USAGE_SIGNING as CTL,
  szOID_DS_EMAIL_REPLICATION as DS_REPL,
  szOID_EFS_CRYPTO as EFS,
  szOID_EFS_RECOVERY as EFS_REC,
  szOID_IPSEC_KP_IKE_INTERMEDIATE as IKE,
  id_pkinit_KPKdc as KDC,
  id_ce_keyUsage as KEY_USAGE,
  szOID_KP_KEY_RECOVERY_AGENT as KRA,
  id_kp_emailProtection as MAIL,
  id_kp_OCSPSigning as OCSP,
  szOID_KP_QUALIFIED_SUBORDINATION as QSUB,
  szOID_KP_SMARTCARD_LOGON as SC,
  id_kp_serverAuth as SRV,
  id_ce_subjectAltName as SUBJECT_ALT_NAME,
  szOID_KP_CA_EXCHANGE as XCHG,
} from '#pki/asn1/oid-table';
import type { TemplateAccess, TemplateRight } from './access.ts';
import type { CertificateTemplate } from './certificate-template.ts';
import { parsePeriod } from './period.ts';
import { builtInTemplateOid } from './template-oid.ts';
import {
  type DomainGroupName,
  domainGroupSid,
  SID_AUTHENTICATED_USERS,
  SID_ENTERPRISE_DOMAIN_CONTROLLERS,
} from './well-known-sids.ts';

const ENHANCED = 'Microsoft Enhanced Cryptographic Provider v1.0';
const BASE = 'Microsoft Base Cryptographic Provider v1.0';
const BASE_DSS = 'Microsoft Base DSS Cryptographic Provider';
const RSA_SCHANNEL = 'Microsoft RSA SChannel Cryptographic Provider';
const DH_SCHANNEL = 'Microsoft DH SChannel Cryptographic Provider';

/** The provider lists in use, by one letter: Encryption, Signature, Channel, Web server, Authority, Nothing (any). */
const PROVIDERS = {
  E: [ENHANCED, BASE],
  S: [ENHANCED, BASE, BASE_DSS],
  C: [RSA_SCHANNEL],
  W: [RSA_SCHANNEL, DH_SCHANNEL],
  A: [ENHANCED],
  N: [],
} as const satisfies Record<string, readonly string[]>;

type Grant = readonly [trustee: DomainGroupName | 'Enterprise Domain Controllers', rights: readonly TemplateRight[]];

const ENROLL: readonly TemplateRight[] = ['enroll'];
const ENROLL_AUTOENROLL: readonly TemplateRight[] = ['enroll', 'autoenroll'];

/**
 * Whom a template is for beside Domain Admins and Enterprise Admins (full control) and Authenticated Users (read), as
 * the snap-in of a new forest shows it.
 */
const AUDIENCES = {
  admins: [],
  users: [['Domain Users', ENROLL]],
  computers: [['Domain Computers', ENROLL]],
  machines: [
    ['Domain Computers', ENROLL],
    ['Domain Controllers', ENROLL],
  ],
  controllers: [
    ['Domain Controllers', ENROLL],
    ['Enterprise Domain Controllers', ENROLL],
  ],
  autoControllers: [
    ['Domain Controllers', ENROLL_AUTOENROLL],
    ['Enterprise Domain Controllers', ENROLL_AUTOENROLL],
  ],
  rasServers: [['RAS and IAS Servers', ENROLL]],
} as const satisfies Record<string, readonly Grant[]>;

type Row = readonly [
  cn: string,
  displayName: string,
  schemaVersion: 1 | 2 | 3,
  version: string,
  flags: number,
  nameFlags: number,
  enrollmentFlags: number,
  privateKeyFlags: number,
  minimalKeySize: number,
  defaultKeySpec: 1 | 2,
  keyUsage: number,
  extendedKeyUsage: readonly string[],
  expirationPeriod: string,
  overlapPeriod: string,
  /** Last arc of the OID. */
  n: number,
  providers: keyof typeof PROVIDERS,
  audience: keyof typeof AUDIENCES,
];

// biome-ignore format: a table is read by columns
const ROWS: readonly Row[] = [
  ['Administrator', 'Administrator', 1, '4.1', 0x1023a, 0xa6000000, 0x29, 0x10, 2048, 1, 0xa0, [CTL, EFS, MAIL, CLI], '1 Years', '6 Weeks', 7, 'E', 'admins'],
  ['CA', 'Root Certification Authority', 1, '5.1', 0x100d1, 0x1, 0x0, 0x10, 1024, 2, 0x86, [], '5 Years', '6 Weeks', 17, 'A', 'admins'],
  ['CAExchange', 'CA Exchange', 2, '106.0', 0x10040, 0x1, 0x1, 0x0, 2048, 1, 0x20, [XCHG], '1 Weeks', '1 Days', 26, 'E', 'admins'],
  ['CEPEncryption', 'CEP Encryption', 1, '4.1', 0x10241, 0x1, 0x0, 0x0, 1024, 1, 0x20, [AGENT], '2 Years', '6 Weeks', 22, 'C', 'admins'],
  ['ClientAuth', 'Authenticated Session', 1, '3.1', 0x10220, 0x82000000, 0x20, 0x0, 2048, 2, 0x80, [CLI], '1 Years', '6 Weeks', 4, 'S', 'users'],
  ['CodeSigning', 'Code Signing', 1, '3.1', 0x10220, 0x82000000, 0x20, 0x0, 2048, 2, 0x80, [CODE], '1 Years', '6 Weeks', 9, 'S', 'admins'],
  ['CrossCA', 'Cross Certification Authority', 2, '105.0', 0x10810, 0x1, 0x8, 0x10, 1024, 2, 0x86, [], '5 Years', '6 Weeks', 25, 'A', 'admins'],
  ['CTLSigning', 'Trust List Signing', 1, '3.1', 0x10220, 0x82000000, 0x20, 0x0, 2048, 2, 0x80, [CTL], '1 Years', '6 Weeks', 10, 'S', 'admins'],
  ['DirectoryEmailReplication', 'Directory Email Replication', 2, '115.0', 0x10060, 0x9000000, 0x29, 0x0, 2048, 1, 0xa0, [DS_REPL], '1 Years', '6 Weeks', 29, 'C', 'autoControllers'],
  ['DomainController', 'Domain Controller', 1, '4.1', 0x1026c, 0x19000000, 0x29, 0x0, 2048, 1, 0xa0, [CLI, SRV], '1 Years', '6 Weeks', 15, 'C', 'controllers'],
  ['DomainControllerAuthentication', 'Domain Controller Authentication', 2, '110.0', 0x10060, 0x8000000, 0x20, 0x0, 2048, 1, 0xa0, [CLI, SRV, SC], '1 Years', '6 Weeks', 28, 'C', 'autoControllers'],
  ['EFS', 'Basic EFS', 1, '3.1', 0x10238, 0x82000000, 0x29, 0x10, 2048, 1, 0x20, [EFS], '1 Years', '6 Weeks', 6, 'E', 'users'],
  ['EFSRecovery', 'EFS Recovery Agent', 1, '6.1', 0x10230, 0x82000000, 0x21, 0x10, 2048, 1, 0x20, [EFS_REC], '5 Years', '6 Weeks', 8, 'E', 'admins'],
  ['EnrollmentAgent', 'Enrollment Agent', 1, '4.1', 0x10220, 0x82000000, 0x20, 0x0, 2048, 2, 0x80, [AGENT], '2 Years', '6 Weeks', 11, 'S', 'admins'],
  ['EnrollmentAgentOffline', 'Exchange Enrollment Agent (Offline request)', 1, '4.1', 0x10201, 0x1, 0x0, 0x0, 1024, 2, 0x80, [AGENT], '2 Years', '6 Weeks', 12, 'S', 'admins'],
  ['ExchangeUser', 'Exchange User', 1, '7.1', 0x10211, 0x1, 0x1, 0x10, 2048, 1, 0x20, [MAIL], '1 Years', '6 Weeks', 23, 'E', 'admins'],
  ['ExchangeUserSignature', 'Exchange Signature Only', 1, '6.1', 0x10201, 0x1, 0x0, 0x0, 2048, 2, 0x80, [MAIL], '1 Years', '6 Weeks', 24, 'S', 'admins'],
  ['IPSECIntermediateOffline', 'IPSec (Offline request)', 1, '7.1', 0x10241, 0x1, 0x0, 0x0, 1024, 1, 0xa0, [IKE], '2 Years', '6 Weeks', 20, 'C', 'admins'],
  ['IPSECIntermediateOnline', 'IPSec', 1, '8.1', 0x10260, 0x18000000, 0x20, 0x0, 2048, 1, 0xa0, [IKE], '2 Years', '6 Weeks', 19, 'C', 'machines'],
  ['KerberosAuthentication', 'Kerberos Authentication', 2, '110.0', 0x10060, 0x8400000, 0x20, 0x0, 2048, 1, 0xa0, [CLI, SRV, SC, KDC], '1 Years', '6 Weeks', 33, 'C', 'autoControllers'],
  ['KeyRecoveryAgent', 'Key Recovery Agent', 2, '105.0', 0x10020, 0x82000000, 0x27, 0x10, 2048, 1, 0x20, [KRA], '2 Years', '6 Weeks', 27, 'A', 'admins'],
  ['Machine', 'Computer', 1, '5.1', 0x10260, 0x18000000, 0x20, 0x0, 2048, 1, 0xa0, [CLI, SRV], '1 Years', '6 Weeks', 14, 'C', 'computers'],
  ['MachineEnrollmentAgent', 'Enrollment Agent (Computer)', 1, '5.1', 0x10260, 0x18000000, 0x20, 0x0, 2048, 2, 0x80, [AGENT], '2 Years', '6 Weeks', 13, 'S', 'admins'],
  ['OCSPResponseSigning', 'OCSP Response Signing', 3, '101.0', 0x10240, 0x18000000, 0x1000, 0x0, 2048, 2, 0x80, [OCSP], '2 Weeks', '2 Days', 32, 'N', 'admins'],
  ['OfflineRouter', 'Router (Offline request)', 1, '4.1', 0x10241, 0x1, 0x0, 0x0, 2048, 1, 0xa0, [CLI], '2 Years', '6 Weeks', 21, 'C', 'admins'],
  ['RASAndIASServer', 'RAS and IAS Server', 2, '101.0', 0x10260, 0x48000000, 0x20, 0x0, 2048, 1, 0xa0, [CLI, SRV], '1 Years', '6 Weeks', 31, 'C', 'rasServers'],
  ['SmartcardLogon', 'Smartcard Logon', 1, '6.1', 0x10200, 0x82000000, 0x0, 0x0, 512, 1, 0xa0, [CLI, SC], '1 Years', '6 Weeks', 5, 'N', 'admins'],
  ['SmartcardUser', 'Smartcard User', 1, '11.1', 0x1020a, 0xa6000000, 0x9, 0x0, 512, 1, 0xa0, [MAIL, CLI, SC], '1 Years', '6 Weeks', 3, 'N', 'admins'],
  ['SubCA', 'Subordinate Certification Authority', 1, '5.1', 0x102d1, 0x1, 0x0, 0x10, 1024, 2, 0x86, [], '5 Years', '6 Weeks', 18, 'A', 'admins'],
  ['User', 'User', 1, '3.1', 0x1023a, 0xa6000000, 0x29, 0x10, 2048, 1, 0xa0, [EFS, MAIL, CLI], '1 Years', '6 Weeks', 1, 'E', 'users'],
  ['UserSignature', 'User Signature Only', 1, '4.1', 0x10222, 0xa6000000, 0x20, 0x0, 2048, 2, 0x80, [MAIL, CLI], '1 Years', '6 Weeks', 2, 'S', 'users'],
  ['WebServer', 'Web Server', 1, '4.1', 0x10241, 0x1, 0x0, 0x0, 2048, 1, 0xa0, [SRV], '2 Years', '6 Weeks', 16, 'W', 'admins'],
  ['Workstation', 'Workstation Authentication', 2, '101.0', 0x10260, 0x8000000, 0x20, 0x0, 2048, 1, 0xa0, [CLI], '1 Years', '6 Weeks', 30, 'C', 'computers'],
];

/** What single templates have beside the columns. */
const EXTRAS: Readonly<Record<string, Partial<CertificateTemplate>>> = {
  CA: { criticalExtensions: [KEY_USAGE, BASIC_CONSTRAINTS], maxIssuingDepth: -1 },
  CrossCA: {
    criticalExtensions: [KEY_USAGE, BASIC_CONSTRAINTS],
    maxIssuingDepth: -1,
    raSignatures: 1,
    raApplicationPolicies: [QSUB],
  },
  SubCA: { criticalExtensions: [KEY_USAGE, BASIC_CONSTRAINTS], maxIssuingDepth: -1 },
  DirectoryEmailReplication: {
    criticalExtensions: [KEY_USAGE, SUBJECT_ALT_NAME],
    supersededTemplates: ['DomainController'],
  },
  DomainControllerAuthentication: {
    criticalExtensions: [KEY_USAGE, SUBJECT_ALT_NAME],
    supersededTemplates: ['DomainController'],
  },
  // The list has keyUsage critical everywhere; document 004, "Key Recovery Agent Certificate", none of an agent's extensions.
  KeyRecoveryAgent: { criticalExtensions: [] },
  KerberosAuthentication: { criticalExtensions: [KEY_USAGE, SUBJECT_ALT_NAME] },
  OCSPResponseSigning: {
    asymmetricAlgorithm: 'RSA',
    hashAlgorithm: 'SHA1',
    keyUsageProperty: 2,
    keySecurityDescriptor:
      'D:(A;;FA;;;BA)(A;;FA;;;SY)(A;;GR;;;S-1-5-80-3804348527-3718992918-2141599610-3686422417-2726379419)',
  },
};

/** What a new enterprise CA issues. Key Recovery Agent is not among them. */
export const DEFAULT_PUBLISHED_TEMPLATES: readonly string[] = [
  'DirectoryEmailReplication',
  'DomainControllerAuthentication',
  'KerberosAuthentication',
  'EFSRecovery',
  'EFS',
  'DomainController',
  'WebServer',
  'Machine',
  'User',
  'SubCA',
  'Administrator',
];

export interface Forest {
  /** The forest's arc: see `forestOid`. */
  readonly oid: string;
  /** SID of the (root) domain whose groups get the default rights. */
  readonly domainSid: string;
}

function permissionsFor(grants: readonly Grant[], domainSid: string): TemplateAccess[] {
  const allow = (sid: string, rights: readonly TemplateRight[]): TemplateAccess => ({ type: 'allow', sid, rights });
  return [
    allow(domainGroupSid(domainSid, 'Domain Admins'), ['fullControl']),
    allow(domainGroupSid(domainSid, 'Enterprise Admins'), ['fullControl']),
    ...grants.map(([trustee, rights]) =>
      allow(
        trustee === 'Enterprise Domain Controllers'
          ? SID_ENTERPRISE_DOMAIN_CONTROLLERS
          : domainGroupSid(domainSid, trustee),
        rights,
      ),
    ),
    allow(SID_AUTHENTICATED_USERS, ['read']),
  ];
}

function templateOf(row: Row, forest: Forest): CertificateTemplate {
  const [cn, displayName, schemaVersion, version, flags, nameFlags, enrollmentFlags, privateKeyFlags] = row;
  const [, , , , , , , , minimalKeySize, defaultKeySpec, keyUsage, extendedKeyUsage, validity, overlap, n] = row;
  const [, , , , , , , , , , , , , , , providers, audience] = row;
  const [revision, minorRevision] = version.split('.').map(Number);
  return {
    cn,
    displayName,
    schemaVersion,
    revision: revision!,
    minorRevision: minorRevision!,
    oid: builtInTemplateOid(forest.oid, n),
    flags,
    nameFlags,
    enrollmentFlags,
    privateKeyFlags,
    minimalKeySize,
    defaultKeySpec,
    defaultCSPs: PROVIDERS[providers],
    keyUsage: Uint8Array.of(keyUsage, 0),
    extendedKeyUsage,
    applicationPolicies: schemaVersion === 1 ? [] : extendedKeyUsage,
    certificatePolicies: [],
    criticalExtensions: [KEY_USAGE],
    maxIssuingDepth: 0,
    expirationPeriod: parsePeriod(validity),
    overlapPeriod: parsePeriod(overlap),
    raSignatures: 0,
    raApplicationPolicies: [],
    raPolicies: [],
    supersededTemplates: [],
    owner: domainGroupSid(forest.domainSid, 'Enterprise Admins'),
    permissions: permissionsFor(AUDIENCES[audience], forest.domainSid),
    ...EXTRAS[cn],
  };
}

/** All of them for one forest. */
export function builtInTemplates(forest: Forest): CertificateTemplate[] {
  return ROWS.map((row) => templateOf(row, forest));
}
