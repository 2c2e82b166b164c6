import { type HresultError, hresult } from '#hresult/hresult-error';
import type { AlgorithmLengths, KeyPolicy, KeySpec, ProviderAlgorithm } from '#pki/crypto/key-provider';
import type { ProviderRow } from './names.ts';

/** MAX_PATH, the limit of container names under CAPI and CNG. */
const MAX_PATH = 260;

/** Throws NTE_BAD_KEYSET_PARAM. */
export function checkContainer(container: string): void {
  if (container.length === 0 || container.length > MAX_PATH || container.includes('\0')) {
    throw hresult('NTE_BAD_KEYSET_PARAM', `A container's name has 1 to ${MAX_PATH} characters and no NUL.`);
  }
}

/**
 * Under a KSP only 0 is right, and throws NTE_BAD_FLAGS otherwise; under a CSP 1 and 2, as far as the provider has such
 * keys, and throws NTE_BAD_TYPE; NTE_BAD_ALGID where it has none that are made here. The codes are our choice: Windows has no
 * one place that checks this.
 */
export function checkKeySpec(row: ProviderRow, keySpec: KeySpec): void {
  if (row.isKsp) {
    if (keySpec === 0) return;
    throw hresult('NTE_BAD_FLAGS', `KeySpec ${keySpec} under ${row.name}, a key storage provider.`, {
      hint: 'Keys under a key storage provider have KeySpec 0.',
    });
  }
  if (!hasRsa(row)) throw hresult('NTE_BAD_ALGID', `${row.name} has no RSA keys.`, { hint: RSA_ELSEWHERE });
  if (row.algorithms.some((lengths) => lengths.keySpec === keySpec)) return;
  throw hresult('NTE_BAD_TYPE', `KeySpec ${keySpec} under ${row.name}.`, {
    hint: 'Use 1 (AT_KEYEXCHANGE) or, where the provider has it, 2 (AT_SIGNATURE).',
  });
}

/** Throws NTE_BAD_FLAGS: CRYPT_EXPORTABLE has one meaning, and only CNG tells the two kinds of export apart. */
export function checkPolicy(row: ProviderRow, { exportable, encryptedExport }: KeyPolicy): void {
  if (!encryptedExport || row.isKsp) return;
  if (exportable) return;
  throw hresult('NTE_BAD_FLAGS', `${row.name} has no keys that leave encrypted only.`, {
    hint: 'use a key storage provider (-csp KSP), or make the key exportable or not at all',
  });
}

/** Throws NTE_BAD_ALGID for an algorithm the provider lacks, ERROR_INVALID_PARAMETER for a length out of its range. */
export function checkAlgorithm(row: ProviderRow, keySpec: KeySpec, algorithm: ProviderAlgorithm): void {
  const name = algorithm.type === 'rsa' ? 'RSA' : (`ECDSA_${algorithm.curve.replace('-', '') as CurveName}` as const);
  const lengths = row.algorithms.find((entry) => entry.algorithm === name && entry.keySpec === keySpec);
  if (!lengths) {
    throw hresult('NTE_BAD_ALGID', `${row.name} has no ${name} keys.`, { hint: otherProvider(row) });
  }
  if (algorithm.type === 'rsa') checkLength(row, lengths, algorithm.modulusLength);
}

/** The providers of DSA and Diffie-Hellman keys, of which AD CS issues to none: they are named, and no key is made under them. */
const RSA_ELSEWHERE =
  'Keys of DSA and Diffie-Hellman are not made: name a provider with RSA keys, such as Microsoft Strong Cryptographic Provider, or Microsoft Software Key Storage Provider.';

function hasRsa(row: ProviderRow): boolean {
  return row.algorithms.some(({ algorithm }) => algorithm === 'RSA');
}

function otherProvider(row: ProviderRow): string | undefined {
  if (!hasRsa(row)) return RSA_ELSEWHERE;
  return row.isKsp ? undefined : 'Elliptic curves need a key storage provider.';
}

type CurveName = 'P256' | 'P384' | 'P521';

function checkLength(row: ProviderRow, lengths: AlgorithmLengths, bits: number): void {
  const { minimum, maximum, increment } = lengths;
  if (bits >= minimum && bits <= maximum && (bits - minimum) % increment === 0) return;
  throw hresult(
    'ERROR_INVALID_PARAMETER',
    `${bits} bits; ${row.name} has ${lengths.algorithm} keys of ${minimum} to ${maximum} bits in steps of ${increment}.`,
    { hint: 'certutil -v -csplist tells the lengths' },
  );
}

export function takenContainer(container: string): HresultError {
  return hresult('NTE_EXISTS', `The container ${container} holds such a key already.`, {
    hint: 'certutil -key shows it, -delkey removes it; -f replaces it where the command takes that',
  });
}

export function missingContainer(
  provider: string,
  container: string,
  hint = 'certutil -store My names the containers; a key that is gone comes back from a backup of the key files',
): HresultError {
  return hresult('NTE_BAD_KEYSET', `${provider} has no container ${container}.`, { hint });
}

/** Of a key that may not leave in clear. */
export function notExportable(container: string, encryptedExport: boolean): HresultError {
  if (encryptedExport) {
    return hresult('NTE_NOT_SUPPORTED', `The private key of ${container} is not plain text exportable.`, {
      hint: 'certutil -exportPFX takes it, encrypted by the password of the PFX file',
    });
  }
  return hresult('NTE_BAD_KEY_STATE', `The private key of ${container} is not exportable.`, {
    hint: 'only a key made or imported as exportable leaves its provider; an archived one comes back by -getkey and -recoverkey',
  });
}
