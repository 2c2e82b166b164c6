import { hresult } from '#hresult/hresult-error';
import { digestLength } from '#pki/crypto/digest-algorithm';
import type { DigestAlgorithm, SignatureScheme } from '#pki/crypto/engine';
import { publicKeyKind } from '#pki/crypto/public-key';
import type { Configuration } from './configuration.ts';

const CNG_NAMES: Readonly<Record<string, DigestAlgorithm>> = {
  MD5: 'md5',
  SHA1: 'sha1',
  SHA256: 'sha256',
  SHA384: 'sha384',
  SHA512: 'sha512',
};
const CAPI_NUMBERS: Readonly<Record<number, DigestAlgorithm>> = {
  32771: 'md5',
  32772: 'sha1',
  32780: 'sha256',
  32781: 'sha384',
  32782: 'sha512',
};

/** What a CA may be told to sign with. MD5 is read where an old CA has it; what is to be signed over it, lint refuses. */
export const CNG_HASH_NAMES = Object.keys(CNG_NAMES).filter((name) => name !== 'MD5');

/** By the name that CNGHashAlgorithm has it under, case and hyphen aside. */
export function cngHashOf(name: string): DigestAlgorithm | undefined {
  return CNG_NAMES[name.toUpperCase().replace('-', '')];
}

/** By the ALG_ID of wincrypt.h that HashAlgorithm has. */
export function capiHashOf(number: number): DigestAlgorithm | undefined {
  return CAPI_NUMBERS[number];
}

/**
 * How the CA signs: CNGHashAlgorithm under a KSP, HashAlgorithm under a CSP (which ignores the former), RSASSA-PSS where
 * AlternateSignatureAlgorithm is set. Throws NTE_BAD_ALGID.
 */
export function signatureSchemeOf(configuration: Configuration, publicKey: Uint8Array): SignatureScheme {
  const digest = signatureDigestOf(configuration);
  if (publicKeyKind(publicKey).type === 'ec') return { name: 'ecdsa', digest };
  if ((configuration.dword('AlternateSignatureAlgorithm', 'CSP') ?? 0) !== 0)
    return { name: 'rsa-pss', digest, saltLength: digestLength(digest) };
  return { name: 'rsa-pkcs1', digest };
}

/** Throws NTE_BAD_ALGID. */
export function signatureDigestOf(configuration: Configuration): DigestAlgorithm {
  const isKsp = (configuration.dword('ProviderType', 'CSP') ?? 0) === 0;
  if (isKsp) {
    const name = configuration.string('CNGHashAlgorithm', 'CSP') ?? 'SHA256';
    const digest = cngHashOf(name);
    if (digest) return digest;
    throw hresult('NTE_BAD_ALGID', `CA\\CSP\\CNGHashAlgorithm is ${name}.`, {
      hint: 'certutil -setreg CA\\CSP\\CNGHashAlgorithm SHA256',
    });
  }
  const number = configuration.dword('HashAlgorithm', 'CSP') ?? 0;
  const digest = capiHashOf(number);
  if (digest) return digest;
  throw hresult('NTE_BAD_ALGID', `CA\\CSP\\HashAlgorithm is 0x${number.toString(16)}.`, {
    hint: 'certutil -setreg CA\\CSP\\HashAlgorithm 0x8004, and certhaven migrate keys --to KSP --hash SHA256',
  });
}
