/**
 * The configuration of a certification authority: one row a registry value below its key, with its type and what a new
 * CA gets. `-getreg`, `-setreg`, the service and the docs read this table; values without a row are kept, not used.
 * Names and meanings: MS-CSRA, MS-WCCE and the SDK's certsrv.h as publicly documented.
 */
import type { RegistryValue } from '../ports.ts';
import { CRLF, EDITF, EXITPUB, REQDISP } from './registry-flags.ts';

export const POLICY_MODULE = 'PolicyModules\\CertificateAuthority_MicrosoftDefault.Policy';
export const EXIT_MODULE = 'ExitModules\\CertificateAuthority_MicrosoftDefault.Exit';

/** What the defaults depend on. */
export interface NewCa {
  readonly enterprise: boolean;
  readonly caType: number;
  readonly commonName: string;
  readonly sanitizedName: string;
  readonly serverName: string;
  readonly description: string;
  readonly configurationDN: string;
  readonly domainDN: string;
  /** Where CRLs and CA certificates are written. */
  readonly certEnrollDirectory: string;
  readonly provider: { readonly name: string; readonly type: number };
  readonly publicKeyAlgorithm: string;
  readonly hashAlgorithm: string;
  readonly keySize: number;
}

export interface RegistryRow {
  /** Below the CA's key: '' or `CSP`, `EncryptionCSP`, a module. */
  readonly path: string;
  readonly name: string;
  readonly type: RegistryValue['type'];
  /** Undefined: a new CA does not have the value. */
  readonly initial: (ca: NewCa) => RegistryValue['data'] | undefined;
  /** Read at service start only. */
  readonly restart: boolean;
}

type Initial = RegistryRow['initial'];

function row(
  path: string,
  name: string,
  type: RegistryRow['type'],
  initial: Initial | number | string,
  restart = true,
): RegistryRow {
  return { path, name, type, initial: typeof initial === 'function' ? initial : () => initial, restart };
}

function values(
  path: string,
  rows: readonly (readonly [
    name: string,
    type: RegistryRow['type'],
    initial: Initial | number | string,
    restart?: boolean,
  ])[],
): RegistryRow[] {
  return rows.map(([name, type, initial, restart]) => row(path, name, type, initial, restart));
}

/** ALG_ID of the CAPI hashes (wincrypt.h); 0xffffffff where a KSP is in use and CNGHashAlgorithm rules. */
const CAPI_HASH: Readonly<Record<string, number>> = {
  MD5: 0x8003,
  SHA1: 0x8004,
  SHA256: 0x800c,
  SHA384: 0x800d,
  SHA512: 0x800e,
};

const isKsp: (ca: NewCa) => boolean = (ca) => ca.provider.type === 0;

/** What makes the exchange key where EncryptionCSP names nothing that can: event 88. */
export const DEFAULT_ENCRYPTION_PROVIDER = 'Microsoft Software Key Storage Provider';

/** PROV_RSA_AES: the one kind of CSP that knows AES. */
const PROV_RSA_AES = 24;

/** That of the CA's own key where it can seal archived keys with AES. */
function encryptionProvider({ provider }: NewCa): NewCa['provider'] {
  const isAble = provider.type === 0 || provider.type === PROV_RSA_AES;
  return isAble ? provider : { name: DEFAULT_ENCRYPTION_PROVIDER, type: 0 };
}

/** The curve of the CA's own key, as AD CS has it: a CA on a curve is there for those who are. CAPI knows RSA alone. */
function exchangeAlgorithm(ca: NewCa): string {
  const [, curve] = /^ECDSA_(P256|P384|P521)$/.exec(ca.publicKeyAlgorithm) ?? [];
  return curve !== undefined && encryptionProvider(ca).type === 0 ? `ECDH_${curve}` : 'RSA';
}

export const REGISTRY_VALUES: readonly RegistryRow[] = [
  ...values('', [
    ['CAType', 'REG_DWORD', (ca) => ca.caType],
    ['CommonName', 'REG_SZ', (ca) => ca.commonName],
    ['CADescription', 'REG_SZ', (ca) => ca.description],
    ['CAServerName', 'REG_SZ', (ca) => ca.serverName],
    ['UseDS', 'REG_DWORD', (ca) => (ca.enterprise ? 1 : 0)],
    ['DSConfigDN', 'REG_SZ', (ca) => (ca.enterprise ? ca.configurationDN : undefined)],
    ['DSDomainDN', 'REG_SZ', (ca) => (ca.enterprise ? ca.domainDN : undefined)],
    ['CACertHash', 'REG_MULTI_SZ', () => []],
    ['CAXchgCertHash', 'REG_MULTI_SZ', () => []],
    ['KRACertHash', 'REG_MULTI_SZ', () => []],
    ['KRACertCount', 'REG_DWORD', 0],
    ['KRAFlags', 'REG_DWORD', 0, false],
    ['ValidityPeriod', 'REG_SZ', 'Years', false],
    ['ValidityPeriodUnits', 'REG_DWORD', (ca) => (ca.enterprise ? 2 : 1), false],
    ['CAXchgValidityPeriod', 'REG_SZ', 'Weeks', false],
    ['CAXchgValidityPeriodUnits', 'REG_DWORD', 1, false],
    ['CAXchgOverlapPeriod', 'REG_SZ', 'Days', false],
    ['CAXchgOverlapPeriodUnits', 'REG_DWORD', 1, false],
    ['ClockSkewMinutes', 'REG_DWORD', 10, false],
    ['CRLPeriod', 'REG_SZ', 'Weeks', false],
    ['CRLPeriodUnits', 'REG_DWORD', 1, false],
    ['CRLOverlapPeriod', 'REG_SZ', 'Hours', false],
    ['CRLOverlapUnits', 'REG_DWORD', 0, false],
    ['CRLDeltaPeriod', 'REG_SZ', 'Days', false],
    ['CRLDeltaPeriodUnits', 'REG_DWORD', 1, false],
    ['CRLDeltaOverlapPeriod', 'REG_SZ', 'Minutes', false],
    ['CRLDeltaOverlapUnits', 'REG_DWORD', 0, false],
    ['CRLFlags', 'REG_DWORD', CRLF.DELETE_EXPIRED_CRLS, false],
    ['CRLEditFlags', 'REG_DWORD', EDITF.ENABLEAKIKEYID, false],
    ['CRLPublicationURLs', 'REG_MULTI_SZ', crlPublicationURLs, false],
    ['CACertPublicationURLs', 'REG_MULTI_SZ', caCertPublicationURLs, false],
    ['InterfaceFlags', 'REG_DWORD', 0x641],
    // AD CS starts with 0, nothing audited; here an administrator has to switch recording off, not on.
    ['AuditFilter', 'REG_DWORD', 0x7f, false],
    ['RoleSeparationEnabled', 'REG_DWORD', 0],
    ['OfficerRights', 'REG_BINARY', () => undefined, false],
    ['EnrollmentAgentRights', 'REG_BINARY', () => undefined, false],
    ['LogLevel', 'REG_DWORD', 3, false],
    ['EnforceX500NameLengths', 'REG_DWORD', 1, false],
    [
      'SubjectTemplate',
      'REG_MULTI_SZ',
      () => [
        'EMail',
        'CommonName',
        'OrganizationalUnit',
        'Organization',
        'Locality',
        'State',
        'DomainComponent',
        'Country',
      ],
      false,
    ],
    ['SignedAttributes', 'REG_MULTI_SZ', () => ['RequesterName'], false],
  ]),
  ...values('CSP', [
    ['ProviderType', 'REG_DWORD', (ca) => ca.provider.type],
    ['Provider', 'REG_SZ', (ca) => ca.provider.name],
    ['HashAlgorithm', 'REG_DWORD', (ca) => (isKsp(ca) ? 0xffffffff : CAPI_HASH[ca.hashAlgorithm])],
    ['CNGPublicKeyAlgorithm', 'REG_SZ', (ca) => (isKsp(ca) ? ca.publicKeyAlgorithm : undefined)],
    ['CNGHashAlgorithm', 'REG_SZ', (ca) => (isKsp(ca) ? ca.hashAlgorithm : undefined)],
    ['AlternateSignatureAlgorithm', 'REG_DWORD', 0],
    ['MachineKeyset', 'REG_DWORD', 1],
  ]),
  ...values('EncryptionCSP', [
    ['ProviderType', 'REG_DWORD', (ca) => encryptionProvider(ca).type],
    ['Provider', 'REG_SZ', (ca) => encryptionProvider(ca).name],
    // CALG_AES_256 under a CSP.
    ['EncryptionAlgorithm', 'REG_DWORD', (ca) => (encryptionProvider(ca).type === 0 ? 0xffffffff : 0x6610)],
    ['CNGPublicKeyAlgorithm', 'REG_SZ', exchangeAlgorithm],
    // A new CA seals archived keys with AES-256, and says so here; without these two values 3DES is used, as AD CS does.
    ['CNGEncryptionAlgorithm', 'REG_SZ', 'AES'],
    ['SymmetricKeySize', 'REG_DWORD', 256],
    [
      'KeySize',
      'REG_DWORD',
      (ca) => Math.max(2048, ca.publicKeyAlgorithm === 'RSA' ? Math.min(ca.keySize, 4096) : 2048),
    ],
    ['MachineKeyset', 'REG_DWORD', 1],
  ]),
  ...values(POLICY_MODULE, [
    [
      'RequestDisposition',
      'REG_DWORD',
      (ca) => (ca.enterprise ? REQDISP.ISSUE : REQDISP.ISSUE | REQDISP.PENDINGFIRST),
      false,
    ],
    ['EditFlags', 'REG_DWORD', (ca) => (ca.enterprise ? 0x11014e : 0x83ee), false],
    ['CAPathLength', 'REG_DWORD', 0xffffffff, false],
    [
      'EnableRequestExtensionList',
      'REG_MULTI_SZ',
      () => ['1.2.840.113549.1.9.15', '1.3.6.1.4.1.311.21.1', '1.3.6.1.4.1.311.21.2', '2.5.29.15', '2.5.29.17'],
      false,
    ],
    ['EnableEnrolleeRequestExtensionList', 'REG_MULTI_SZ', () => ['1.3.6.1.4.1.311.21.10', '2.5.29.17'], false],
    ['DisableExtensionList', 'REG_MULTI_SZ', () => [], false],
  ]),
  ...values(EXIT_MODULE, [
    ['PublishCertFlags', 'REG_DWORD', (ca) => (ca.enterprise ? EXITPUB.ACTIVEDIRECTORY : EXITPUB.FILE), false],
  ]),
];

/** Windows' defaults with file paths of this machine; the http entries are off until somebody serves them. */
function crlPublicationURLs(ca: NewCa): string[] {
  const file = `${ca.certEnrollDirectory}/%3%8%9.crl`;
  return ca.enterprise
    ? [
        `65:${file}`,
        '79:ldap:///CN=%7%8,CN=%2,CN=CDP,CN=Public Key Services,CN=Services,%6%10',
        '0:http://%1/CertEnroll/%3%8%9.crl',
        '0:file://%1/CertEnroll/%3%8%9.crl',
      ]
    : [`65:${file}`, '6:http://%1/CertEnroll/%3%8%9.crl', '0:file://%1/CertEnroll/%3%8%9.crl'];
}

function caCertPublicationURLs(ca: NewCa): string[] {
  const file = `${ca.certEnrollDirectory}/%1_%3%4.crt`;
  return ca.enterprise
    ? [
        `1:${file}`,
        '3:ldap:///CN=%7,CN=AIA,CN=Public Key Services,CN=Services,%6%11',
        '0:http://%1/CertEnroll/%1_%3%4.crt',
        '0:file://%1/CertEnroll/%1_%3%4.crt',
      ]
    : [`1:${file}`, '2:http://%1/CertEnroll/%1_%3%4.crt', '0:file://%1/CertEnroll/%1_%3%4.crt'];
}

export function registryRow(path: string, name: string): RegistryRow | undefined {
  const wanted = `${path}\\${name}`.toLowerCase();
  return REGISTRY_VALUES.find((candidate) => `${candidate.path}\\${candidate.name}`.toLowerCase() === wanted);
}

/** The values a new CA is written with. */
export function initialRegistry(ca: NewCa): { path: string; name: string; value: RegistryValue }[] {
  return REGISTRY_VALUES.flatMap(({ path, name, type, initial }) => {
    const data = initial(ca);
    return data === undefined ? [] : [{ path, name, value: { type, data } as RegistryValue }];
  });
}
