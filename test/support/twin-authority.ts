/**
 * A CertificationAuthority of fixed data for the transcripts of the doors: no keys, no rules, a real database and directory.
 * Over 400 lines because it answers every method of the API.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  CaConfiguration,
  CaInfo,
  CertificationAuthority,
  RecoveryRecipient,
  RequestOutcome,
  TemplateInfo,
} from '#ca/api';
import { initialRegistry } from '#ca/config/registry-values';
import type { CaDatabase, Directory, Write } from '#ca/ports';
import { CPF, CR_FLG, CR_IN, DB_DISP } from '#ca/schema/dispositions';
import { EXTENSION_FLAG_CRITICAL, EXTENSION_ORIGIN } from '#ca/schema/extension-flags';
import { aiaContainer, enrollmentService, kraContainer } from '#ca/template/templates-in-directory';
import { openMemoryDatabase } from '#database/memory/memory-database';
import { openEmbeddedDirectory } from '#directory/embedded/open-embedded-directory';
import { hresult } from '#hresult/hresult-error';
import { decodeCertificate } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';

const VECTORS = join(import.meta.dirname, '..', 'vectors', 'contoso-ca');

export const TWIN_CONFIG = 'ca01.contoso.com\\Contoso CA';

/** The moment at which the transcripts play. */
export const TWIN_NOW = new Date('2026-11-21T07:00:00Z');

export function twinVector(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(VECTORS, name)));
}

export interface Twin {
  readonly directory: Directory;
  /** As the officer; `mallory` may do nothing. */
  connect(config: string | undefined): Promise<CertificationAuthority>;
  configuration(config: string | undefined): Promise<CaConfiguration>;
}

const ALICE = 'CONTOSO\\alice';
const SUBMITTED = new Date('2026-06-01T12:10:00Z');
const TEMPLATE = '1.3.6.1.4.1.311.21.8.15886664.4298044.8996776.14853544.7902291.169.5191136.12906913';

/** Where the transcripts need an account without rights, `isOfficer` is false. */
export async function openTwin({ isOfficer = true }: { readonly isOfficer?: boolean } = {}): Promise<Twin> {
  const database = openMemoryDatabase();
  await database.commit([...issuedRows(), ...undecidedRows(), crlRow(), ...registryRows()]);
  const directory = await openDirectory();
  const templates = { names: ['EFS', 'User'] };
  const connect = async (config: string | undefined) => {
    if (config !== undefined && config !== '-' && config.toLowerCase() !== TWIN_CONFIG.toLowerCase()) {
      throw hresult('RPC_S_SERVER_UNAVAILABLE', `${config} is not on this machine; ${TWIN_CONFIG} is.`);
    }
    return twinAuthority(database, isOfficer, templates);
  };
  return {
    directory,
    connect,
    configuration: async (config) => {
      const authority = await connect(config);
      return { ...authority, sanitizedName: (await authority.info()).sanitizedName };
    },
  };
}

interface Issued {
  readonly id: number;
  readonly file: string;
  readonly requester: string;
  readonly hasKey: boolean;
  readonly upn: string | null;
}

const ISSUED: readonly Issued[] = [
  { id: 2, file: 'kra.crt', requester: 'CONTOSO\\kra1', hasKey: false, upn: null },
  { id: 3, file: 'alice-1.crt', requester: ALICE, hasKey: true, upn: 'alice@contoso.com' },
  { id: 4, file: 'alice-2.crt', requester: ALICE, hasKey: true, upn: 'alice@contoso.com' },
  { id: 5, file: 'bob.crt', requester: 'CONTOSO\\bob', hasKey: true, upn: null },
];

const SERIALS: Readonly<Record<string, readonly [serialNumber: string, thumbprint: string]>> = {
  'kra.crt': ['4200000007', 'ad991c33d40b5fdb5d4833912511d47cc7b23179'],
  'alice-1.crt': ['611e23c200030000000e', '88b19ba30a0e65b887b676823be4a2fcdfe636cf'],
  'alice-2.crt': ['6131f9c300030000000f', '050a30906d94ae4fc28ddbf1e7e0ae26e3303372'],
  'bob.crt': ['7a00000011', '6806889b2fd3905e306e580e9022098137ad534f'],
};

function issuedRows(): Write[] {
  return ISSUED.flatMap(({ id, file, requester, hasKey, upn }): Write[] => {
    const raw = twinVector(file);
    const { validity, subject } = decodeCertificate(raw).tbsCertificate;
    const [SerialNumber, CertificateHash] = SERIALS[file]!;
    const name = requester.split('\\')[1]!;
    return [
      {
        insert: 'Requests',
        row: {
          RequestID: id,
          RawRequest: Uint8Array.of(0x30, 0x03, 0x02, 0x01, id),
          RawArchivedKey: hasKey ? Uint8Array.of(0x30, 0x00) : null,
          KeyRecoveryHashes: hasKey ? 'ad 99 1c 33 d4 0b 5f db 5d 48 33 91 25 11 d4 7c c7 b2 31 79' : null,
          RequestType: hasKey ? CR_IN.CMC | CR_IN.FULLRESPONSE : CR_IN.PKCS10,
          RequestFlags: hasKey ? CR_FLG.VALIDENCRYPTEDKEYHASH : 0,
          StatusCode: 0,
          Disposition: DB_DISP.ISSUED,
          DispositionMessage: 'Issued',
          SubmittedWhen: SUBMITTED,
          ResolvedWhen: SUBMITTED,
          RequesterName: requester,
          CallerName: requester,
          CommonName: name,
        },
      },
      {
        insert: 'Certificates',
        row: {
          RequestID: id,
          RawCertificate: raw,
          CertificateHash,
          CertificateTemplate: hasKey ? TEMPLATE : 'KeyRecoveryAgent',
          EnrollmentFlags: 0x29,
          GeneralFlags: 0x2023a,
          PrivatekeyFlags: 0x5030010,
          SerialNumber,
          IssuerNameID: 0,
          NotBefore: validity.notBefore,
          NotAfter: validity.notAfter,
          PublicKeyLength: 2048,
          PublicKeyAlgorithm: '1.2.840.113549.1.1.1',
          RawPublicKeyAlgorithmParameters: Uint8Array.of(0x05, 0x00),
          UPN: upn,
          DistinguishedName: formatName(subject),
          CommonName: name,
        },
      },
      {
        insert: 'Attributes',
        row: { AttributeRequestId: id, AttributeName: 'cdc', AttributeValue: 'dc01.contoso.com' },
      },
      {
        insert: 'Extensions',
        row: {
          ExtensionRequestId: id,
          ExtensionName: '2.5.29.15',
          ExtensionFlags: EXTENSION_FLAG_CRITICAL | EXTENSION_ORIGIN.POLICY,
          ExtensionRawValue: Uint8Array.of(0x03, 0x02, 0x05, 0x20),
        },
      },
    ];
  });
}

function undecidedRows(): Write[] {
  const row = (id: number, disposition: number, statusCode: number, message: string): Write => ({
    insert: 'Requests',
    row: {
      RequestID: id,
      RequestType: CR_IN.PKCS10,
      RequestFlags: CR_FLG.FORCEUTF8,
      StatusCode: statusCode,
      Disposition: disposition,
      DispositionMessage: message,
      SubmittedWhen: SUBMITTED,
      RequesterName: 'CONTOSO\\carol',
      CallerName: 'CONTOSO\\carol',
      CommonName: 'carol',
    },
  });
  return [
    row(6, DB_DISP.PENDING, 0, 'Taken Under Submission'),
    row(7, DB_DISP.DENIED, 0x80094800, 'Denied by Policy Module'),
    row(8, DB_DISP.PENDING, 0, 'Taken Under Submission'),
  ];
}

function crlRow(): Write {
  return {
    insert: 'CRLs',
    row: {
      CRLRowId: 1,
      CRLNumber: 5,
      CRLMinBase: 0,
      CRLNameId: 0,
      CRLCount: 0,
      CRLThisUpdate: new Date('2026-06-01T12:00:00Z'),
      CRLNextUpdate: new Date('2027-06-01T12:00:00Z'),
      CRLPublishAttempts: 1,
      CRLPublishFlags: CPF.BASE | CPF.COMPLETE | CPF.MANUAL,
      CRLPublishStatusCode: 0,
      CRLRawCRL: twinVector('ca.crl'),
    },
  };
}

function registryRows(): Write[] {
  const settings = initialRegistry({
    enterprise: true,
    caType: 0,
    commonName: 'Contoso CA',
    sanitizedName: 'Contoso CA',
    serverName: 'ca01.contoso.com',
    description: 'Users of Contoso',
    configurationDN: 'CN=Configuration,DC=contoso,DC=com',
    domainDN: 'DC=contoso,DC=com',
    certEnrollDirectory: '/ca/CertEnroll',
    provider: { name: 'Microsoft Software Key Storage Provider', type: 0 },
    publicKeyAlgorithm: 'RSA',
    hashAlgorithm: 'SHA256',
    keySize: 2048,
  });
  // 2018-12-19T20:00Z as a FILETIME.
  const nextPublish = Uint8Array.of(0x00, 0xa0, 0x37, 0x6c, 0xd5, 0x97, 0xd4, 0x01);
  return [
    ...settings.map((setting): Write => ({ set: 'Registry', ...setting })),
    { set: 'Registry', path: '', name: 'CRLNextPublish', value: { type: 'REG_BINARY', data: nextPublish } },
  ];
}

/** GUIDs and SIDs of a fixed sequence, so that transcripts can name them. */
async function openDirectory(): Promise<Directory> {
  let next = 0;
  const random = (length: number) => Uint8Array.from({ length }, () => (next = (next + 37) % 251));
  const directory = openEmbeddedDirectory({ path: ':memory:', random });
  await directory.install('contoso.com', 'CONTOSO');
  const classes = (name: string) => ['top', name];
  await directory.put(
    enrollmentService(directory, 'Contoso CA'),
    new Map<string, (string | Uint8Array)[]>([
      ['objectClass', classes('pKIEnrollmentService')],
      ['cACertificate', [twinVector('ca.crt')]],
      ['certificateTemplates', ['EFS', 'User']],
    ]),
  );
  await directory.put(
    kraContainer(directory, 'Contoso CA'),
    new Map<string, (string | Uint8Array)[]>([
      ['objectClass', classes('msPKI-PrivateKeyRecoveryAgent')],
      ['userCertificate', [twinVector('kra.crt')]],
    ]),
  );
  await directory.put(
    aiaContainer(directory, 'Contoso CA'),
    new Map<string, (string | Uint8Array)[]>([
      ['objectClass', classes('certificationAuthority')],
      ['cACertificate', [twinVector('ca.crt')]],
    ]),
  );
  return directory;
}

const RECIPIENTS: readonly RecoveryRecipient[] = [
  {
    type: 'ktri',
    issuer: 'CN=Contoso CA, DC=contoso, DC=com',
    serialNumber: '4200000007',
    subject: 'CN=kra1, CN=Users, DC=contoso, DC=com',
    thumbprint: 'ad991c33d40b5fdb5d4833912511d47cc7b23179',
  },
  {
    type: 'kari',
    issuer: 'CN=Contoso CA, DC=contoso, DC=com',
    serialNumber: '4200000008',
    subject: undefined,
    thumbprint: undefined,
  },
];

const KNOWN_TEMPLATES: readonly TemplateInfo[] = [
  { commonName: 'EFS', displayName: 'Basic EFS', mayEnroll: true, mayAutoenroll: false },
  { commonName: 'User', displayName: 'User', mayEnroll: true, mayAutoenroll: true },
  { commonName: 'SubCA', displayName: 'Subordinate Certification Authority', mayEnroll: false, mayAutoenroll: false },
];

function twinInfo(templates: readonly string[]): CaInfo {
  return {
    commonName: 'Contoso CA',
    sanitizedName: 'Contoso CA',
    sanitizedShortName: 'Contoso CA',
    dnsName: 'ca01.contoso.com',
    caType: 0,
    productVersion: '0.1.0',
    policyDescription: 'Enterprise policy: templates',
    exitDescriptions: ['Publication to the directory'],
    certificates: [
      {
        index: 0,
        keyIndex: 0,
        certificate: twinVector('ca.crt'),
        state: 3,
        statusCode: 0,
        chain: [twinVector('ca.crt')],
        ocspUrls: [],
        aiaUrls: ['http://ca01.contoso.com/CertEnroll/ca01.contoso.com_Contoso%20CA.crt'],
        cdpUrls: [
          'ldap:///CN=Contoso%20CA,CN=ca01,CN=CDP,CN=Public%20Key%20Services,CN=Services,CN=Configuration,DC=contoso,DC=com?certificateRevocationList?base?objectClass=cRLDistributionPoint',
          'http://ca01.contoso.com/CertEnroll/Contoso%20CA.crl',
        ],
      },
    ],
    crls: [{ keyIndex: 0, crl: twinVector('ca.crl'), publishStatus: CPF.BASE | CPF.COMPLETE | CPF.MANUAL }],
    deltaCrls: [],
    kraUsed: 1,
    kras: [
      {
        index: 0,
        thumbprint: 'ad991c33d40b5fdb5d4833912511d47cc7b23179',
        certificate: twinVector('kra.crt'),
        state: 3,
      },
      { index: 1, thumbprint: '00'.repeat(20), certificate: undefined, state: 1 },
    ],
    roleSeparationEnabled: false,
    advancedServer: true,
    templates: templates.map((commonName) => ({ commonName, oid: `1.3.6.1.4.1.311.21.8.1.${commonName.length}` })),
    parentCa: undefined,
    localeName: 'en-US',
    subjectTemplateOids: ['1.2.840.113549.1.9.1', '2.5.4.3', '2.5.4.6'],
    propIdMax: 0x2d,
  };
}

function twinAuthority(
  database: CaDatabase,
  isOfficer: boolean,
  templates: { names: readonly string[] },
): CertificationAuthority {
  const officer = () => {
    if (!isOfficer) throw hresult('ERROR_ACCESS_DENIED', 'Issue and Manage Certificates is needed.');
  };
  const pending = async (requestId: number) => {
    officer();
    const row = await database.request(requestId);
    if (row === undefined) throw hresult('CERTSRV_E_PROPERTY_EMPTY', `There is no request ${requestId}.`);
    if (row.Disposition === DB_DISP.PENDING) return;
    throw hresult('CERTSRV_E_BAD_REQUESTSTATUS', `Request ${requestId}: ${row.DispositionMessage}.`);
  };
  const notPlayed = async (): Promise<never> => {
    throw new TypeError('the twin does not play this part');
  };
  return {
    config: TWIN_CONFIG,
    ping: async () => undefined,
    submit: notPlayed,
    retrieve: notPlayed,
    setKeyRecoveryAgents: notPlayed,
    changeKeyRecoveryAgents: notPlayed,
    keyRecoveryAgents: notPlayed,
    setRights: notPlayed,
    officerRestrictions: notPlayed,
    restrictOfficer: notPlayed,
    liftOfficerRestrictions: notPlayed,
    renewCertificate: notPlayed,
    shutdown: notPlayed,
    resubmit: async (requestId) => {
      if (requestId === 7) {
        officer();
        return outcome(requestId, 'denied', 0x80094800, 'Denied by Policy Module');
      }
      await pending(requestId);
      return outcome(requestId, 'issued', 0, 'Issued  Resubmitted by CONTOSO\\officer');
    },
    deny: pending,
    setAttributes: async (requestId, attributes) => {
      await pending(requestId);
      const [AttributeName, AttributeValue] = attributes.split(':') as [string, string];
      await database.commit([
        { insert: 'Attributes', row: { AttributeRequestId: requestId, AttributeName, AttributeValue } },
      ]);
    },
    setExtension: async (requestId, { extnID, critical, extnValue }) => {
      await pending(requestId);
      const ExtensionFlags = (critical ? EXTENSION_FLAG_CRITICAL : 0) | EXTENSION_ORIGIN.ADMIN;
      const row = {
        ExtensionRequestId: requestId,
        ExtensionName: extnID,
        ExtensionFlags,
        ExtensionRawValue: extnValue,
      };
      await database.commit([{ insert: 'Extensions', row }]);
    },
    deleteRows: async (deletion) => {
      officer();
      return 'requestId' in deletion ? 1 : 2;
    },
    exchangeCertificate: async () => ({ certificate: twinVector('exchange.crt'), chain: [twinVector('ca.crt')] }),
    info: async () => twinInfo(templates.names),
    searchArchivedKeys: async (token) => {
      officer();
      const wanted = token.replaceAll(/\s/g, '').toLowerCase();
      return ISSUED.filter(({ hasKey }) => hasKey)
        .filter(({ file, requester, upn }) =>
          [...SERIALS[file]!, requester, requester.split('\\')[1], upn].some((name) => name?.toLowerCase() === wanted),
        )
        .map(({ id, file, requester, upn }) => ({
          requestId: id,
          serialNumber: SERIALS[file]![0],
          certificate: twinVector(file),
          template: 'EFS2, EFS 2',
          upn: upn ?? undefined,
          commonName: requester.split('\\')[1],
        }));
    },
    getArchivedKey: async () => {
      officer();
      return { recoveryBlob: new TextEncoder().encode('the recovery BLOB'), recipients: RECIPIENTS };
    },
    recoveryRecipients: async () => {
      officer();
      return RECIPIENTS;
    },
    view: (query) => database.view(query),
    registry: () => database.registry(),
    setRegistry: (setting) => database.commit([{ set: 'Registry', ...setting }]),
    removeRegistry: (path, name) => database.commit([{ remove: 'Registry', path, name }]),
    importRegistry: notPlayed,
    roles: notPlayed,
    auditLog: () => database.audit(),
    eventLog: () => database.events(),
    templates: async () => KNOWN_TEMPLATES.filter(({ commonName }) => templates.names.includes(commonName)),
    setTemplates: async (names) => {
      const unknown = names.find((name) => !KNOWN_TEMPLATES.some(({ commonName }) => commonName === name));
      if (unknown !== undefined) throw hresult('CERTSRV_E_UNKNOWN_CERT_TYPE', `There is no template ${unknown}.`);
      templates.names = names;
    },
    revoke: async (serialNumbers, reason) => {
      officer();
      for (const serialNumber of serialNumbers) {
        const { id } = ISSUED.find(({ file }) => SERIALS[file]![0] === serialNumber) ?? {};
        if (id === undefined) {
          throw hresult('ERROR_INVALID_PARAMETER', `This CA gave no certificate the serial number ${serialNumber}.`);
        }
        const revoked = { Disposition: DB_DISP.REVOKED, RevokedReason: reason, RevokedWhen: TWIN_NOW };
        await database.commit([{ update: 'Requests', RequestID: id, set: revoked }]);
      }
    },
    publishCrl: async () => officer(),
    close: async () => undefined,
  };
}

function outcome(
  requestId: number,
  disposition: RequestOutcome['disposition'],
  statusCode: number,
  dispositionMessage: string,
): RequestOutcome {
  return {
    requestId,
    disposition,
    statusCode,
    dispositionMessage,
    certificate: undefined,
    certificateChain: undefined,
    fullResponse: undefined,
  };
}
