/**
 * The cryptographic service providers (CAPI) and key storage providers (CNG) that Windows knows by name, with what their
 * keys may be. Lengths in bits: learn.microsoft.com, `CryptoAPI Cryptographic Service Providers` and `CNG Key Storage
 * Providers`; those of the KSP as `certutil -v -key` prints them.
 */
import type { BlockCipher } from '#pki/crypto/cipher-algorithm';
import type { AlgorithmLengths, KeySpec, ProviderAlgorithmName, ProviderDescription } from '#pki/crypto/key-provider';

export const MS_KEY_STORAGE_PROVIDER = 'Microsoft Software Key Storage Provider';
export const MS_STRONG_PROV = 'Microsoft Strong Cryptographic Provider';
export const MS_ENHANCED_PROV = 'Microsoft Enhanced Cryptographic Provider v1.0';

export interface ProviderRow extends ProviderDescription {
  readonly isKsp: boolean;
  /** Signs over SHA-256, SHA-384 and SHA-512. */
  readonly sha2: boolean;
  /** Block ciphers for content: CAPI's AES came with PROV_RSA_AES alone. */
  readonly ciphers: readonly BlockCipher['name'][];
}

function lengths(
  algorithm: ProviderAlgorithmName,
  keySpec: KeySpec,
  [byDefault, minimum, maximum]: readonly [byDefault: number, minimum: number, maximum: number],
  increment = 8,
): AlgorithmLengths {
  return { algorithm, keySpec, minimum, maximum, increment, default: byDefault };
}

function csp(
  name: string,
  provType: number,
  algorithms: readonly AlgorithmLengths[],
  options: Partial<Pick<ProviderRow, 'sha2' | 'device' | 'aliases' | 'ciphers' | 'isDefaultOfType'>> = {},
): ProviderRow {
  const {
    sha2 = false,
    device = 'software',
    aliases = [],
    ciphers = ['des-ede3-cbc'],
    isDefaultOfType = false,
  } = options;
  return { name, provType, isDefaultOfType, isKsp: false, device, sha2, ciphers, algorithms, aliases };
}

function ksp(
  name: string,
  device: ProviderRow['device'],
  algorithms: readonly AlgorithmLengths[],
  aliases: string[],
): ProviderRow {
  return {
    name,
    provType: 0,
    isDefaultOfType: name === MS_KEY_STORAGE_PROVIDER,
    isKsp: true,
    device,
    sha2: true,
    ciphers: ['des-ede3-cbc', 'aes-cbc'],
    algorithms,
    aliases,
  };
}

function bothSpecs(sizes: readonly [byDefault: number, minimum: number, maximum: number]): AlgorithmLengths[] {
  return [lengths('RSA', 1, sizes), lengths('RSA', 2, sizes)];
}

const CURVES: readonly AlgorithmLengths[] = [
  lengths('ECDSA_P256', 0, [256, 256, 256]),
  lengths('ECDSA_P384', 0, [384, 384, 384]),
  lengths('ECDSA_P521', 0, [521, 521, 521]),
  lengths('ECDH_P256', 0, [256, 256, 256]),
  lengths('ECDH_P384', 0, [384, 384, 384]),
  lengths('ECDH_P521', 0, [521, 521, 521]),
];

/** In the order `certutil -csplist` prints them: CSPs by name, then the KSPs as Windows has them registered. */
export const PROVIDERS: readonly ProviderRow[] = [
  csp(
    'Microsoft Base Cryptographic Provider v1.0',
    1,
    [lengths('RSA', 1, [512, 384, 1024]), lengths('RSA', 2, [512, 384, 16384])],
    { ciphers: [] },
  ),
  csp(
    'Microsoft Base DSS and Diffie-Hellman Cryptographic Provider',
    13,
    [lengths('DH', 1, [512, 512, 1024], 64), lengths('DSA', 2, [1024, 512, 1024], 64)],
    { ciphers: [] },
  ),
  csp('Microsoft Base DSS Cryptographic Provider', 3, [lengths('DSA', 2, [1024, 512, 1024], 64)], {
    ciphers: [],
    isDefaultOfType: true,
  }),
  csp('Microsoft Base Smart Card Crypto Provider', 1, bothSpecs([1024, 1024, 4096]), {
    sha2: true,
    device: 'smart card',
  }),
  csp('Microsoft DH SChannel Cryptographic Provider', 18, [lengths('DH', 1, [512, 512, 4096], 64)], {
    isDefaultOfType: true,
  }),
  csp(MS_ENHANCED_PROV, 1, bothSpecs([1024, 384, 16384])),
  csp(
    'Microsoft Enhanced DSS and Diffie-Hellman Cryptographic Provider',
    13,
    [lengths('DH', 1, [1024, 512, 4096], 64), lengths('DSA', 2, [1024, 512, 1024], 64)],
    { isDefaultOfType: true },
  ),
  csp('Microsoft Enhanced RSA and AES Cryptographic Provider', 24, bothSpecs([1024, 384, 16384]), {
    sha2: true,
    isDefaultOfType: true,
    ciphers: ['des-ede3-cbc', 'aes-cbc'],
    aliases: ['Microsoft Enhanced RSA and AES Cryptographic Provider (Prototype)'],
  }),
  // Type 12 with SHA-2 is what most published request INFs for web servers ask for, and Windows 7 and later grant it.
  csp('Microsoft RSA SChannel Cryptographic Provider', 12, [lengths('RSA', 1, [1024, 384, 16384])], {
    sha2: true,
    isDefaultOfType: true,
  }),
  // Listed, but documented as not supported: it has no algorithm to make a key with.
  csp('Microsoft RSA Signature Cryptographic Provider', 2, [], { ciphers: [], isDefaultOfType: true }),
  csp(MS_STRONG_PROV, 1, bothSpecs([1024, 384, 16384]), { isDefaultOfType: true }),
  ksp(
    MS_KEY_STORAGE_PROVIDER,
    'software',
    [
      lengths('RSA', 0, [1024, 512, 16384]),
      lengths('DSA', 0, [1024, 512, 1024], 64),
      lengths('DH', 0, [1024, 512, 4096], 64),
      ...CURVES,
    ],
    ['KSP'],
  ),
  ksp('Microsoft Passport Key Storage Provider', 'Windows Hello', [lengths('RSA', 0, [2048, 2048, 2048])], ['NGC']),
  ksp(
    'Microsoft Platform Crypto Provider',
    'TPM',
    [lengths('RSA', 0, [2048, 1024, 2048], 1024), lengths('ECDSA_P256', 0, [256, 256, 256])],
    ['TPM'],
  ),
  ksp(
    'Microsoft Smart Card Key Storage Provider',
    'smart card',
    [lengths('RSA', 0, [1024, 512, 16384], 64), lengths('DH', 0, [1024, 512, 4096], 64), ...CURVES],
    ['SC'],
  ),
];

/** By name or alias, without regard to case. */
export function findProvider(name: string): ProviderRow | undefined {
  const wanted = name.trim().toLowerCase();
  return PROVIDERS.find(
    (row) => row.name.toLowerCase() === wanted || row.aliases.some((alias) => alias.toLowerCase() === wanted),
  );
}

/** The row of a provider over a token, whatever its administrator calls it; the token itself may have narrower lengths. */
export function tokenRow(name: string): ProviderRow {
  return ksp(name, 'HSM', [lengths('RSA', 0, [2048, 512, 16384]), ...CURVES], []);
}
