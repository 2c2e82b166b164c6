/** Every key of [NewRequest]: what it does, or why it is refused. None is passed over in silence. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatName } from '#pki/x509/name-text';
import type { InfError } from './inf-error.ts';
import { InfFile } from './inf-file.ts';
import { NEW_REQUEST_KEYS, type NewRequestKey } from './new-request-keys.ts';
import { type RequestPolicy, readRequestPolicy } from './request-policy.ts';

type Row =
  | {
      readonly value: string;
      readonly beside?: string;
      readonly shows: (policy: RequestPolicy) => unknown;
      readonly is: unknown;
    }
  | { readonly value: string; readonly refused: RegExp }
  /** What it asks for holds anyway. */
  | { readonly value: string; readonly holds: true };

const archive = 'PrivateKeyArchive = TRUE\n';
const cert = 'RequestType = Cert\n';

const ROWS: Readonly<Record<NewRequestKey, Row>> = {
  AlternateSignatureAlgorithm: { value: 'TRUE', shows: ({ isPss }) => isPss, is: true },
  ChallengePassword: { value: 'open', shows: (policy) => policy.challengePassword, is: 'open' },
  CipherAlgorithm: { value: '3des', refused: /SCEP/ },
  EccKeyParameters: { value: 'AA==', refused: /not offered/ },
  EccKeyParametersType: { value: '1', refused: /not offered/ },
  EncryptionAlgorithm: {
    value: '3des',
    beside: archive,
    shows: ({ archive: to }) => to?.cipher.name,
    is: 'des-ede3-cbc',
  },
  EncryptionLength: {
    value: '128',
    beside: archive,
    shows: ({ archive: to }) => to?.cipher,
    is: { name: 'aes-cbc', keyLength: 16 },
  },
  Exportable: { value: 'TRUE', shows: ({ key }) => key.exportable, is: true },
  ExportableEncrypted: { value: 'TRUE', shows: ({ key }) => [key.exportable, key.encryptedExport], is: [false, true] },
  FriendlyName: { value: 'Mine', shows: (policy) => policy.friendlyName, is: 'Mine' },
  HashAlgorithm: { value: 'sha512', shows: ({ digest }) => digest, is: 'sha512' },
  KeyAlgorithm: { value: 'ECDH_P256', shows: ({ key }) => key.algorithm, is: { type: 'ec', curve: 'P-256' } },
  KeyContainer: { value: 'box', shows: ({ key }) => key.container, is: 'box' },
  KeyDescription: { value: 'For mail', shows: (policy) => policy.description, is: 'For mail' },
  KeyLength: { value: '4096', shows: ({ key }) => key.algorithm, is: { type: 'rsa', modulusLength: 4096 } },
  KeyProtection: {
    value: 'XCN_NCRYPT_UI_FORCE_HIGH_PROTECTION_FLAG',
    shows: ({ key }) => key.protection,
    is: 'each use',
  },
  KeySpec: { value: 'AT_SIGNATURE', shows: ({ key }) => [key.keySpec, key.use], is: [2, 'signature'] },
  KeyUsage: { value: '0xa0', shows: ({ keyUsage }) => keyUsage, is: 0xa0 },
  KeyUsageProperty: { value: 'NCRYPT_ALLOW_SIGNING_FLAG', shows: ({ key }) => key.use, is: 'signature' },
  MachineKeySet: { value: 'TRUE', shows: (policy) => policy.machineKeySet, is: true },
  NotAfter: {
    value: '2027-01-01',
    beside: cert,
    shows: ({ validity }) => validity.notAfter,
    is: new Date('2027-01-01'),
  },
  NotBefore: {
    value: '2026-01-01',
    beside: cert,
    shows: ({ validity }) => validity.notBefore,
    is: new Date('2026-01-01'),
  },
  PrivateKeyArchive: { value: 'TRUE', shows: ({ archive: to }) => to !== undefined, is: true },
  ProviderName: { value: '"A Provider"', shows: ({ key }) => key.providerName, is: 'A Provider' },
  ProviderType: { value: '24', shows: ({ key }) => key.providerType, is: 24 },
  RenewalCert: { value: '"aa bb"', shows: (policy) => [policy.renewalCert, policy.requestType], is: ['aa bb', 'CMC'] },
  RequesterName: {
    value: '"CONTOSO\\bob"',
    shows: (policy) => [policy.onBehalfOf, policy.requestType, policy.attributes],
    is: ['CONTOSO\\bob', 'CMC', [['RequesterName', 'CONTOSO\\bob']]],
  },
  RequestType: { value: 'PKCS7', shows: ({ requestType }) => requestType, is: 'PKCS7' },
  SecurityDescriptor: { value: '"D:P"', refused: /owner alone/ },
  Silent: { value: 'TRUE', holds: true },
  SMIME: { value: 'TRUE', shows: ({ smime }) => smime, is: true },
  Subject: { value: '"CN=a,O=b"', shows: ({ subject }) => formatName(subject), is: 'CN=a, O=b' },
  SubjectNameFlags: { value: 'template', refused: /client builds no subject/ },
  SuppressDefaults: { value: 'TRUE', shows: (policy) => policy.suppressDefaults, is: true },
  UseExistingKeySet: { value: 'TRUE', beside: 'KeyContainer = c\n', shows: ({ key }) => key.useExisting, is: true },
  UserProtected: { value: 'TRUE', shows: ({ key }) => key.protection, is: 'once' },
  ValidityPeriod: {
    value: 'Months',
    beside: `${cert}ValidityPeriodUnits = 6\n`,
    shows: ({ validity }) => validity.period,
    is: { unit: 'Months', count: 6 },
  },
  ValidityPeriodUnits: {
    value: '6',
    beside: `${cert}ValidityPeriod = Months\n`,
    shows: ({ validity }) => validity.period,
    is: { unit: 'Months', count: 6 },
  },
  X500NameFlags: {
    value: 'CERT_NAME_STR_FORCE_UTF8_DIR_STR_FLAG',
    beside: 'Subject = "CN=a"\n',
    // UTF8String.
    shows: ({ subject }) => subject.raw.at(-3),
    is: 0x0c,
  },
};

const read = (lines: string) => readRequestPolicy(InfFile.parse(`[NewRequest]\n${lines}`, 'r.inf'));

for (const [key, row] of Object.entries(ROWS) as [NewRequestKey, Row][]) {
  test(`${key} = ${row.value}`, () => {
    const line = `${key} = ${row.value}\n`;
    if ('refused' in row) {
      assert.throws(
        () => read(line),
        (error: InfError) => {
          assert.equal(error.symbol, 'ERROR_NOT_SUPPORTED');
          assert.match(error.detail!, row.refused);
          assert.match(error.place, new RegExp(`^r\\.inf\\(\\[NewRequest\\] ${key} = `));
          return true;
        },
      );
    } else if ('holds' in row) {
      assert.equal(NEW_REQUEST_KEYS[key].use, 'idle');
      assert.deepEqual(read(line), read(''));
    } else {
      const beside = row.beside ?? '';
      assert.deepEqual(row.shows(read(`${beside}${line}`)), row.is);
      // It is this key that did it.
      if (!/^ValidityPeriod/.test(key)) assert.notDeepEqual(row.shows(read(beside)), row.is);
    }
  });
}
