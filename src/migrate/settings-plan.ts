/**
 * CSP and EncryptionCSP as they are to be: both keys change, together (document 000: whoever edits one of them twice has a CA
 * that makes its exchange keys in the old provider, or does not start).
 */
import { capiHashOf } from '#ca/config/ca-signature-scheme';
import type { Configuration } from '#ca/config/configuration';
import type { RegistryValue } from '#ca/ports';
import type { KeyStorageProvider } from '#pki/crypto/key-provider';
import { publicKeyKind } from '#pki/crypto/public-key';

export interface SettingChange {
  readonly path: 'CSP' | 'EncryptionCSP';
  readonly name: string;
  /** Null where the value is not there. */
  readonly before: RegistryValue | null;
  readonly after: RegistryValue;
}

const CAPI_NUMBERS: Readonly<Record<string, number>> = {
  MD5: 0x8003,
  SHA1: 0x8004,
  SHA256: 0x800c,
  SHA384: 0x800d,
  SHA512: 0x800e,
};

/** EncryptionAlgorithm, an ALG_ID, as CNG names the cipher and counts its bits. */
const CNG_CIPHERS: Readonly<Record<number, readonly [name: string, bits: number]>> = {
  26115: ['3DES', 168],
  26126: ['AES', 128],
  26127: ['AES', 192],
  26128: ['AES', 256],
};

/** 0xffffffff: what the algorithm is, the CNG value says. */
const CNG = 0xffffffff;

/** The hash the CA signs with now: `SHA256`. */
export function currentHash(configuration: Configuration): string {
  if ((configuration.dword('ProviderType', 'CSP') ?? 0) === 0)
    return (configuration.string('CNGHashAlgorithm', 'CSP') ?? 'SHA256').toUpperCase().replace('-', '');
  return (capiHashOf(configuration.dword('HashAlgorithm', 'CSP') ?? 0) ?? 'sha1').toUpperCase();
}

type Target = Pick<KeyStorageProvider, 'name' | 'type' | 'ciphers'>;

/** Only what differs. `hash` is that of afterwards. */
export function planSettings(
  configuration: Configuration,
  target: Target,
  { hash, publicKey }: { readonly hash: string; readonly publicKey: Uint8Array },
): SettingChange[] {
  const isKsp = target.type === 0;
  const kind = publicKeyKind(publicKey);
  const wanted: [SettingChange['path'], string, RegistryValue][] = [
    ['CSP', 'ProviderType', dword(target.type)],
    ['CSP', 'Provider', sz(target.name)],
    ['CSP', 'HashAlgorithm', dword(isKsp ? CNG : CAPI_NUMBERS[hash]!)],
    ['CSP', 'MachineKeyset', dword(1)],
  ];
  if (isKsp) {
    const name = kind.type === 'rsa' ? 'RSA' : `ECDSA_${kind.curve.replace('-', '')}`;
    wanted.push(['CSP', 'CNGPublicKeyAlgorithm', sz(name)], ['CSP', 'CNGHashAlgorithm', sz(hash)]);
  }
  if (movesEncryption(configuration, target)) wanted.push(...encryptionSettings(configuration, target));
  return wanted.flatMap(([path, name, after]) => {
    const before = configuration.value(name, path);
    return before?.type === after.type && before.data === after.data
      ? []
      : [{ path, name, before: before ?? null, after }];
  });
}

/**
 * The exchange key's provider moves along where it is the one that the CA's key leaves, or a CSP that is given up; never to one
 * that lacks the cipher archived keys are sealed with.
 */
export function movesEncryption(configuration: Configuration, target: Target): boolean {
  const provider = configuration.string('Provider', 'EncryptionCSP');
  const type = configuration.dword('ProviderType', 'EncryptionCSP') ?? 0;
  if (provider === undefined) return true;
  if (!target.ciphers.includes(cipherOf(configuration))) return false;
  // Half edited: the name of a KSP with the type of a CSP.
  if (provider === target.name) return type !== target.type;
  return provider === configuration.string('Provider', 'CSP') || (type !== 0 && target.type === 0);
}

function cipherOf(configuration: Configuration): KeyStorageProvider['ciphers'][number] {
  const path = 'EncryptionCSP';
  const isKsp = (configuration.dword('ProviderType', path) ?? 0) === 0;
  const [name] = CNG_CIPHERS[configuration.dword('EncryptionAlgorithm', path) ?? 0x6603] ?? ['AES'];
  const used = isKsp ? (configuration.string('CNGEncryptionAlgorithm', path)?.toUpperCase() ?? '3DES') : name;
  return used === '3DES' ? 'des-ede3-cbc' : 'aes-cbc';
}

function encryptionSettings(
  configuration: Configuration,
  target: Target,
): [SettingChange['path'], string, RegistryValue][] {
  const path = 'EncryptionCSP' as const;
  const place: [SettingChange['path'], string, RegistryValue][] = [
    [path, 'ProviderType', dword(target.type)],
    [path, 'Provider', sz(target.name)],
  ];
  const number = configuration.dword('EncryptionAlgorithm', path) ?? CNG;
  if (target.type !== 0) {
    const name = configuration.string('CNGEncryptionAlgorithm', path)?.toUpperCase() ?? '3DES';
    const bits = configuration.dword('SymmetricKeySize', path);
    const known = Object.entries(CNG_CIPHERS).find(
      ([, cipher]) => cipher[0] === name && (name === '3DES' || cipher[1] === (bits ?? 128)),
    );
    return [...place, [path, 'EncryptionAlgorithm', dword(known ? Number(known[0]) : 0x6603)]];
  }
  const [name, bits] = CNG_CIPHERS[number] ?? [
    configuration.string('CNGEncryptionAlgorithm', path) ?? '3DES',
    configuration.dword('SymmetricKeySize', path) ?? 168,
  ];
  return [
    ...place,
    [path, 'EncryptionAlgorithm', dword(CNG)],
    [path, 'CNGPublicKeyAlgorithm', sz(configuration.string('CNGPublicKeyAlgorithm', path) ?? 'RSA')],
    [path, 'CNGEncryptionAlgorithm', sz(name)],
    [path, 'SymmetricKeySize', dword(bits)],
    [path, 'MachineKeyset', dword(1)],
  ];
}

function dword(data: number): RegistryValue {
  return { type: 'REG_DWORD', data };
}

function sz(data: string): RegistryValue {
  return { type: 'REG_SZ', data };
}
