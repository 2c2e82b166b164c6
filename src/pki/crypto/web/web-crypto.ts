import { hresult } from '#hresult/hresult-error';
import type { DigestAlgorithm } from '../engine.ts';

export type WebCrypto = typeof globalThis.crypto;
export type SubtleCrypto = WebCrypto['subtle'];
export type WebCryptoKey = Awaited<ReturnType<SubtleCrypto['importKey']>>;

/** WebCrypto's name of a digest; MD5 has none. */
export type WebDigest = Exclude<DigestAlgorithm, 'md5'>;

const NAMES: Record<WebDigest, string> = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

export function webDigestName(digest: WebDigest): string {
  return NAMES[digest];
}

/** What a refused import means: a browser without the curve or the algorithm, or a key that is none. */
export function importFault(error: unknown, what: string) {
  const unsupported = error instanceof Error && error.name === 'NotSupportedError';
  return unsupported
    ? hresult('NTE_NOT_SUPPORTED', `This browser's cryptography does not know the ${what}'s algorithm.`, {
        cause: error,
      })
    : hresult('NTE_BAD_KEY', `WebCrypto refuses the ${what}.`, { cause: error });
}
