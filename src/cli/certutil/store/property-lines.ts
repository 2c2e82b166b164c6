/** The properties of a store entry as `-v -store` prints them, in the layout of published dumps. */
import { CRYPT_MACHINE_KEYSET, type KeyProvInfo, type StoreEntry } from '#certstore/ports/certificate-store';
import { PROPERTIES, propertyName } from '#certstore/ports/property-ids';
import { formatHex } from '#pki/asn1/bytes';
import { id_ce_subjectKeyIdentifier } from '#pki/asn1/oid-table';
import type { CryptoEngine } from '#pki/crypto/engine';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { publicKeyKind } from '#pki/crypto/public-key';
import { decodeExtendedKeyUsage } from '#pki/x509/extensions/extended-key-usage';
import { decodeSubjectKeyIdentifier } from '#pki/x509/extensions/subject-key-identifier';
import { publicKeyInfoIdentifier } from '#pki/x509/key-identifier';
import { orUndefined, readableExtension } from '#pki/x509/readable-extension';
import { signedDigest } from '../dump/certificate.ts';
import { spacedHex } from '../dump/octets.ts';
import { KEY_SPEC_NAMES } from '../keys/providers.ts';
import { dwordText, flagLines } from '../text/dword-text.ts';
import { printable } from '../text/printable.ts';
import { containerLines } from './key-listing.ts';

/** Wincrypt's CERT_ACCESS_STATE_* bits that a store of files can have. */
const ACCESS_STATE = [
  { name: 'CERT_ACCESS_STATE_WRITE_PERSIST_FLAG', value: 1 },
  { name: 'CERT_ACCESS_STATE_SYSTEM_STORE_FLAG', value: 2 },
  { name: 'CERT_ACCESS_STATE_LM_SYSTEM_STORE_FLAG', value: 4 },
] as const;
const KEY_FLAGS = [{ name: 'CRYPT_MACHINE_KEYSET', value: CRYPT_MACHINE_KEYSET }] as const;

const ENHKEY_USAGE = 9;

/** Of a KeyProvInfo what is known. */
type KnownKeyInfo = { readonly [Name in keyof KeyProvInfo]?: KeyProvInfo[Name] | undefined };

/** What a PFX says of a certificate and its key, in the blocks in which a store entry's properties are printed. */
export function filePropertyLines(
  properties: ReadonlyMap<number, Uint8Array>,
  friendlyName: string | undefined,
  key: KnownKeyInfo | undefined,
): string[] {
  const blocks = new Map<number, string[]>();
  if (key) blocks.set(2, keyLines(key));
  if (friendlyName !== undefined) blocks.set(11, fieldLines(friendlyName));
  for (const [id, bytes] of properties) if (!blocks.has(id)) blocks.set(id, otherLines(id, bytes));
  return blockLines([...blocks].sort(([a], [b]) => a - b));
}

/** Blocks parted by empty lines: what is kept with the entry by number, then what follows from the certificate. */
export async function propertyLines(
  entry: StoreEntry,
  key: ProviderKey | undefined,
  engine: CryptoEngine,
  isMachineStore: boolean,
): Promise<string[]> {
  const blocks = new Map<number, string[]>();
  for (const { id, field } of PROPERTIES) {
    const value = field && entry.properties[field];
    if (value !== undefined) blocks.set(id, fieldLines(value));
  }
  for (const [id, bytes] of entry.properties.others ?? []) blocks.set(id, otherLines(id, bytes));
  const { keyProvInfo } = entry.properties;
  if (keyProvInfo) blocks.set(2, keyProvInfoLines(entry, key));
  const stored = [...blocks].sort(([a], [b]) => a - b);
  const computed = (await computedBlocks(entry, engine, isMachineStore)).filter(([id]) => !blocks.has(id));
  return blockLines([...stored, ...computed]);
}

function blockLines(blocks: readonly (readonly [id: number, lines: readonly string[]])[]): string[] {
  return blocks.flatMap(([id, lines]) => [`  ${nameOf(id)}:`, ...lines.map((line) => `    ${line}`), '']);
}

function nameOf(id: number): string {
  const name = `${propertyName(id) ?? 'CERT_UNKNOWN_PROP_ID'}(${id})`;
  // CryptFormat names the bytes that the disallowed list compares.
  return id === 15 ? `${name} disallowedHash` : name;
}

function keyProvInfoLines({ properties: { keyProvInfo } }: StoreEntry, key: ProviderKey | undefined): string[] {
  const names = key && containerLines({ container: keyProvInfo!.container }, key, '');
  return keyLines(keyProvInfo!, names);
}

/** `Flags = 20 (32)`: numbers in hexadecimal, and in decimal where that differs. What is not known is left out. */
function keyLines(
  { container, provider, providerType, flags, keySpec }: KnownKeyInfo,
  names = container === undefined ? [] : [`Key Container = ${container}`],
): string[] {
  return [
    ...names,
    ...(provider === undefined ? [] : [`Provider = ${provider}`]),
    ...(providerType === undefined ? [] : [`ProviderType = ${dwordText(providerType)}`]),
    ...(flags === undefined ? [] : [`Flags = ${dwordText(flags)}`, ...flagLines(flags, KEY_FLAGS, { indent: '  ' })]),
    ...(keySpec === undefined ? [] : [`KeySpec = ${keySpec} -- ${KEY_SPEC_NAMES[keySpec]}`]),
  ];
}

function fieldLines(value: unknown): string[] {
  if (typeof value === 'string') return [printable(value).replaceAll('\n', '.')];
  if (value instanceof Uint8Array) return bytesLines(value);
  if (value === true) return [];
  return Object.entries(value as object).map(([name, field]) => printable(`${name} = ${field}`).replaceAll('\n', '.'));
}

function otherLines(id: number, bytes: Uint8Array): string[] {
  const purposes = id === ENHKEY_USAGE ? orUndefined(() => decodeExtendedKeyUsage(bytes)) : undefined;
  return purposes ? [...purposes] : bytesLines(bytes);
}

function bytesLines(bytes: Uint8Array): string[] {
  if (bytes.length === 0) return ['Empty'];
  return bytes.length === 20 || bytes.length === 16
    ? [formatHex(bytes)]
    : spacedHex(bytes)
        .match(/.{1,48}/g)!
        .map((line) => line.trim());
}

async function computedBlocks(
  { certificate }: StoreEntry,
  engine: CryptoEngine,
  isMachineStore: boolean,
): Promise<[id: number, lines: string[]][]> {
  const { subjectPublicKeyInfo, extensions } = certificate.tbsCertificate;
  const keyId = readableExtension(extensions, id_ce_subjectKeyIdentifier, decodeSubjectKeyIdentifier);
  const hash = async (digest: 'sha1' | 'md5', bytes: Uint8Array) => [formatHex(await engine.digest(digest, bytes))];
  const bits = orUndefined(() => publicKeyKind(subjectPublicKeyInfo).bits);
  const digest = signedDigest(certificate.signatureAlgorithm);
  const signatureHash = digest && formatHex(await engine.digest(digest, certificate.tbsCertificate.raw));
  const access = isMachineStore ? 6 : 3;
  return [
    ...(bits === undefined ? [] : [[92, [`0x${bits.toString(16).padStart(8, '0')} (${bits})`]] as [number, string[]]]),
    [3, await hash('sha1', certificate.raw)],
    [25, await hash('md5', subjectPublicKeyInfo.subjectPublicKey)],
    [20, [formatHex(keyId ?? (await publicKeyInfoIdentifier(subjectPublicKeyInfo, engine)))]],
    ...(signatureHash === undefined ? [] : [[15, [signatureHash]] as [number, string[]]]),
    [4, await hash('md5', certificate.raw)],
    [14, [`AccessState = ${access}`, ...flagLines(access, ACCESS_STATE, { indent: '  ' })]],
  ];
}
