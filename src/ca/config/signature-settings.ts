/** What a setting of CA\CSP is worth under the provider that is configured: AD CS reads one of two hash values and is silent. */
import { hresult } from '#hresult/hresult-error';
import type { RegistryValue } from '../ports.ts';
import { CNG_HASH_NAMES, capiHashOf, cngHashOf } from './ca-signature-scheme.ts';
import type { Configuration } from './configuration.ts';

const isCspValue = (path: string, name: string, wanted: string) =>
  path.toLowerCase() === 'csp' && name.toLowerCase() === wanted.toLowerCase();

/** Throws NTE_BAD_ALGID for a hash that nothing signs with: the CA would not start any more, or with MD5 sign nothing. */
export function requireKnownHash(path: string, name: string, value: RegistryValue): void {
  const isCng = isCspValue(path, name, 'CNGHashAlgorithm') && value.type === 'REG_SZ';
  const isCapi = isCspValue(path, name, 'HashAlgorithm') && value.type === 'REG_DWORD';
  const digest = isCng ? cngHashOf(value.data) : isCapi ? capiHashOf(value.data) : undefined;
  if (digest === 'md5')
    throw hresult('NTE_BAD_ALGID', 'Nothing is signed over MD5.', { hint: `One of ${CNG_HASH_NAMES.join(', ')}.` });
  if (isCng && digest === undefined)
    throw hresult('NTE_BAD_ALGID', `${value.data} is no hash.`, { hint: `One of ${CNG_HASH_NAMES.join(', ')}.` });
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
    if (isKsp && configuration.dword('HashAlgorithm', 'CSP') === 0xffffffff) return undefined;
    if (isKsp)
      return `HashAlgorithm is ignored under ${provider}, a key storage provider: CNGHashAlgorithm rules, ${configuration.string('CNGHashAlgorithm', 'CSP') ?? 'SHA256'}.`;
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
