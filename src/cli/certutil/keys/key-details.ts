/** What -v prints of a key itself, for a KSP and for a CSP; in the layout of published dumps. */
import type { AlgorithmLengths, KeyListing, ProviderDescription } from '#pki/crypto/key-provider';
import { publicKeyKind } from '#pki/crypto/public-key';
import { type DateStyle, formatDate } from '../../io/date.ts';
import { dwordText, flagLines, type NamedBit } from '../text/dword-text.ts';

/** ncrypt.h. */
const EXPORT_POLICY: readonly NamedBit[] = [
  { name: 'NCRYPT_ALLOW_EXPORT_FLAG', value: 1 },
  { name: 'NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG', value: 2 },
  { name: 'NCRYPT_ALLOW_ARCHIVING_FLAG', value: 4 },
  { name: 'NCRYPT_ALLOW_PLAINTEXT_ARCHIVING_FLAG', value: 8 },
];
const KEY_USAGE: readonly NamedBit[] = [
  { name: 'NCRYPT_ALLOW_DECRYPT_FLAG', value: 1 },
  { name: 'NCRYPT_ALLOW_SIGNING_FLAG', value: 2 },
  { name: 'NCRYPT_ALLOW_KEY_AGREEMENT_FLAG', value: 4 },
  { name: 'NCRYPT_ALLOW_KEY_IMPORT_FLAG', value: 8 },
  { name: 'NCRYPT_ALLOW_ALL_USAGES', value: 0xffffff },
];
const UI_POLICY: readonly NamedBit[] = [
  { name: 'NCRYPT_UI_PROTECT_KEY_FLAG', value: 1 },
  { name: 'NCRYPT_UI_FORCE_HIGH_PROTECTION_FLAG', value: 2 },
];

/** wincrypt.h, KP_PERMISSIONS. */
const PERMISSIONS: readonly NamedBit[] = [
  { name: 'CRYPT_ENCRYPT', value: 1 },
  { name: 'CRYPT_DECRYPT', value: 2 },
  { name: 'CRYPT_EXPORT', value: 4 },
  { name: 'CRYPT_READ', value: 8 },
  { name: 'CRYPT_WRITE', value: 0x10 },
  { name: 'CRYPT_MAC', value: 0x20 },
];
const WITHOUT_EXPORT = 0x3b;

/** What a key file of this machine grants where nothing else was set, as Windows shows it. */
const KSP_SECURITY = 'D:P(A;OICI;0xd01f01ff;;;SY)(A;OICI;0xd01f01ff;;;BA)';
const CSP_SECURITY = 'D:PAI(A;;GAGR;;;BA)(A;;GAGR;;;SY)';
const CSP_SECURITY_LINES = [
  '    Allow Full Control\tBUILTIN\\Administrators',
  '    Allow Full Control\tNT AUTHORITY\\SYSTEM',
];

export type DetailedKey = Pick<KeyListing, 'container' | 'publicKey' | 'exportable' | 'keySpec'> &
  Partial<Pick<KeyListing, 'encryptedExport' | 'protection' | 'modified' | 'securityDescriptor'>> & {
    readonly machineKeyset: boolean;
  };

export function detailLines(key: DetailedKey, provider: ProviderDescription, style: DateStyle): string[] {
  return provider.provType === 0 ? kspLines(key, provider, style) : cspLines(key);
}

/** `Private key is NOT exportable`, and the lines like it; none for a key that may leave. */
export function exportabilityLines(key: Pick<DetailedKey, 'exportable' | 'encryptedExport'>): string[] {
  if (key.exportable) return [];
  return [key.encryptedExport ? 'Private key is NOT plain text exportable' : 'Private key is NOT exportable'];
}

/** NCRYPT_ALLOW_*: archiving is a chance of the handle that made the key, so none is left on a stored one. */
export function exportPolicy({
  exportable,
  encryptedExport,
}: Pick<DetailedKey, 'exportable' | 'encryptedExport'>): number {
  if (exportable) return 3;
  return encryptedExport ? 1 : 0;
}

/** `RSA`, `ECDSA_P256`: what certutil calls the key. */
export function algorithmName(publicKey: Uint8Array): string {
  const kind = publicKeyKind(publicKey);
  return kind.type === 'rsa' ? 'RSA' : `ECDSA_${kind.curve.replace('-', '')}`;
}

export function lengthLines(lengths: AlgorithmLengths, indent: string): string[] {
  return [
    `${indent}dwMinLength = ${both(lengths.minimum)}`,
    `${indent}dwMaxLength = ${both(lengths.maximum)}`,
    `${indent}dwIncrement = ${both(lengths.increment)}`,
    `${indent}dwDefaultLength = ${both(lengths.default)}`,
  ];
}

function kspLines(key: DetailedKey, { algorithms }: ProviderDescription, style: DateStyle): string[] {
  const { bits, type } = publicKeyKind(key.publicKey);
  const name = algorithmName(key.publicKey);
  const lengths = algorithms.find(({ algorithm }) => algorithm === name);
  const policy = exportPolicy(key);
  const uiPolicy = key.protection === undefined ? 0 : key.protection === 'once' ? 1 : 3;
  return [
    `  Name: ${key.container}`,
    `  Algorithm Group: ${type === 'rsa' ? 'RSA' : 'ECDSA'}`,
    `  Algorithm Name: ${name}`,
    `  Length: ${both(bits)}`,
    ...(lengths ? ['  Lengths:', ...lengthLines(lengths, '    ')] : []),
    `  Block Length: ${both(Math.ceil(bits / 8))}`,
    ...(uiPolicy === 0 ? [] : [`  UI Policy: ${both(uiPolicy)}`, ...flagLines(uiPolicy, UI_POLICY)]),
    `  Export Policy: ${both(policy)}`,
    ...flagLines(policy, EXPORT_POLICY, { indent: '      ', showUnset: true }),
    '',
    `  Key Usage: ${both(0xffffff)}`,
    ...flagLines(0xffffff, KEY_USAGE),
    '',
    ...securityLines(key, KSP_SECURITY),
    ...(key.modified ? [`  Modified: ${formatDate(key.modified, style)}`] : []),
    '',
  ];
}

function cspLines(key: DetailedKey): string[] {
  const permissions = key.exportable ? WITHOUT_EXPORT | 4 : WITHOUT_EXPORT;
  const sddl = descriptorOf(key, CSP_SECURITY);
  return [
    '    PP_KEYSTORAGE = 1',
    '      CRYPT_SEC_DESCR -- 1',
    `    KP_PERMISSIONS = ${dwordText(permissions)}`,
    ...flagLines(permissions, PERMISSIONS, { indent: '      ' }),
    ...(sddl ? [`    ${sddl}`, ''] : []),
    ...(sddl === CSP_SECURITY ? [...CSP_SECURITY_LINES, ''] : []),
  ];
}

function securityLines(key: DetailedKey, usual: string): string[] {
  const sddl = descriptorOf(key, usual);
  return sddl ? [`  Security Descr: ${sddl}`] : [];
}

/** A person's keys are that person's alone: there is no descriptor to show until one is set. */
function descriptorOf({ machineKeyset, securityDescriptor }: DetailedKey, usual: string): string | undefined {
  return securityDescriptor || (machineKeyset ? usual : undefined);
}

/** `2048 (0x800)`. */
function both(value: number): string {
  return `${value} (0x${value.toString(16)})`;
}
