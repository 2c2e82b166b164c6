import { hresult } from '#hresult/hresult-error';
import type { DigestAlgorithm } from '#pki/crypto/engine';

/** -HashAlgorithm; SHA-256 where it is left out. Throws ERROR_INVALID_PARAMETER, NTE_BAD_ALGID for what is broken. */
export function hashAlgorithm(typed: string | undefined): DigestAlgorithm {
  const word = typed?.toLowerCase().replace('-', '') ?? 'sha256';
  if (word === 'sha256' || word === 'sha384' || word === 'sha512') return word;
  const hint = 'sha256, sha384 or sha512';
  if (['sha1', 'md5', 'md4', 'md2'].includes(word))
    throw hresult('NTE_BAD_ALGID', `${typed}: nobody trusts a new signature of it.`, { hint });
  throw hresult('ERROR_INVALID_PARAMETER', `-HashAlgorithm ${typed}`, { hint });
}
