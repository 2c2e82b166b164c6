/** What a setting of CA\CSP is worth under the provider that is configured: AD CS reads one of two hash values and is silent. */
import { hresult } from '#hresult/hresult-error';
import type { DigestAlgorithm } from '#pki/crypto/engine';
import type { RegistryValue } from '../ports.ts';
import { CNG_HASH_NAMES, capiHashOf, cngHashOf } from './ca-signature-scheme.ts';
import type { Configuration } from './configuration.ts';

const isCspValue = (path: string, name: string, wanted: string) =>
  path.toLowerCase() === 'csp' && name.toLowerCase() === wanted.toLowerCase();

/** Throws NTE_BAD_ALGID for a hash that nothing signs with: the CA would not start any more, or with MD5 sign nothing. */
export function requireKnownHash(path: string, name: string, value: RegistryValue): void {
  if (isCspValue(path, name, 'CNGHashAlgorithm') && value.type === 'REG_SZ')
    requireSignable(cngHashOf(value.data), value.data, CNG_HASH_NAMES);
  // 0xffffffff: under a key storage provider CNGHashAlgorithm says it.
  if (isCspValue(path, name, 'HashAlgorithm') && value.type === 'REG_DWORD' && value.data !== CNG)
    requireSignable(capiHashOf(value.data), `0x${value.data.toString(16)}`, CAPI_HASHES);
}

const CNG = 0xffffffff;

const CAPI_HASHES = ['0x8004 (SHA1)', '0x800c (SHA256)', '0x800d (SHA384)', '0x800e (SHA512)'];

function requireSignable(digest: DigestAlgorithm | undefined, typed: string, known: readonly string[]): void {
  if (digest !== undefined && digest !== 'md5') return;
  const detail = digest === undefined ? `${typed} is no hash.` : 'Nothing is signed over MD5.';
  throw hresult('NTE_BAD_ALGID', detail, { hint: `One of ${known.join(', ')}.` });
}

/** PROV_RSA_AES, and PROV_RSA_SCHANNEL as Windows 7 and later have it. */
const SHA2_PROVIDERS: readonly number[] = [24, 12];

/** Why the value that was set has no effect, or none that works; undefined where it has. `configuration` is that after the change. */
export function signatureSettingNotice(configuration: Configuration, path: string, name: string): string | undefined {
  const type = configuration.dword('ProviderType', 'CSP') ?? 0;
  const provider = configuration.string('Provider', 'CSP') ?? '';
  const isKsp = type === 0;
  if (isCspValue(path, name, 'CNGHashAlgorithm') && !isKsp) {
    return `CNGHashAlgorithm is ignored under ${provider}, a CSP of type ${type}: HashAlgorithm rules, ${capiName(configuration)}. Move the keys to a key storage provider: certhaven migrate keys --to KSP`;
  }
  if (isCspValue(path, name, 'HashAlgorithm')) {
    // 0xffffffff says so itself.
    if (isKsp && configuration.dword('HashAlgorithm', 'CSP') === CNG) return undefined;
    if (isKsp)
      return `HashAlgorithm is ignored under ${provider}, a key storage provider: CNGHashAlgorithm rules, ${configuration.string('CNGHashAlgorithm', 'CSP') ?? 'SHA256'}.`;
    if (configuration.dword('HashAlgorithm', 'CSP') === CNG)
      return `HashAlgorithm 0xffffffff leaves it to CNGHashAlgorithm, which ${provider}, a CSP of type ${type}, ignores: the CA does not start. Move the keys to a key storage provider: certhaven migrate keys --to KSP`;
    if (/^SHA(?:256|384|512)$/.test(capiName(configuration)) && !SHA2_PROVIDERS.includes(type))
      return `${provider}, a CSP of type ${type}, signs no SHA-2: with ${capiName(configuration)} the CA signs nothing. Move the keys to a key storage provider: certhaven migrate keys --to KSP`;
  }
  const isPss = (configuration.dword('AlternateSignatureAlgorithm', 'CSP') ?? 0) !== 0;
  if (isCspValue(path, name, 'AlternateSignatureAlgorithm') && isPss && !isKsp)
    return `${provider}, a CSP, knows no RSASSA-PSS: with AlternateSignatureAlgorithm the CA signs nothing. Move the keys to a key storage provider: certhaven migrate keys --to KSP`;
  return undefined;
}

function capiName(configuration: Configuration): string {
  const number = configuration.dword('HashAlgorithm', 'CSP') ?? 0;
  return capiHashOf(number)?.toUpperCase() ?? `0x${number.toString(16)}`;
}
