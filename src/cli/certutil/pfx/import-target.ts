/** Where a key out of a PFX goes: provider, KeySpec and container, by the remarks on PFXImportCertStore. */
import { hresult, isHresult } from '#hresult/hresult-error';
import type { KeyPolicy, KeyProviders, KeySpec, KeyStorageProvider } from '#pki/crypto/key-provider';
import { privateKeyKind } from '#pki/crypto/private-key-info';
import { keySpecOfUsage } from '#pki/keyblob/key-usage-attribute';
import type { PfxCertificate, PfxKey } from '#pki/pkcs12/pfx-contents';
import { decodeCertificate } from '#pki/x509/certificate';
import { commonName } from '#pki/x509/name';
import type { ImportModifiers } from './modifiers.ts';

/** What CAPI imports RSA keys into where the file names no provider. */
const DEFAULT_RSA_PROVIDER = 'Microsoft Enhanced Cryptographic Provider v1.0';
export const DEFAULT_PROVIDER = 'Microsoft Software Key Storage Provider';

/** MAX_PATH less the hyphen and the GUID that follow the name. */
const MAX_PREFIX = 260 - 37;

export interface ProviderChoice {
  readonly csp: string | undefined;
  /** The command to type where this provider cannot take the key. */
  readonly retryLine: string;
}

/**
 * -csp, else the provider the file names, else one by the kind of key; a provider nobody here knows counts as none. Throws
 * NTE_KEYSET_NOT_DEF for an unknown -csp, NTE_DEVICE_NOT_READY for a device, NTE_BAD_ALGID for an elliptic curve key and a
 * CSP.
 */
export function importProvider(
  { pkcs8, cspName }: PfxKey,
  { csp, retryLine }: ProviderChoice,
  providers: KeyProviders,
): KeyStorageProvider {
  const isRsa = privateKeyKind(pkcs8).type === 'rsa';
  const provider =
    csp === undefined
      ? (namedProvider(cspName, retryLine, providers) ??
        providers.byName(isRsa ? DEFAULT_RSA_PROVIDER : DEFAULT_PROVIDER))
      : providers.byName(csp);
  if (isRsa || provider.type === 0) return provider;
  throw hresult('NTE_BAD_ALGID', `${provider.name} has no elliptic curve keys.`, { hint: retryLine });
}

function namedProvider(
  cspName: string | undefined,
  retryLine: string,
  providers: KeyProviders,
): KeyStorageProvider | undefined {
  if (!cspName) return undefined;
  try {
    return providers.byName(cspName);
  } catch (error) {
    if (isHresult(error, 'NTE_KEYSET_NOT_DEF')) return undefined;
    if (!isHresult(error, 'NTE_DEVICE_NOT_READY')) throw error;
    const detail = `The file has its key in ${cspName}, which is not here.`;
    throw hresult('NTE_DEVICE_NOT_READY', detail, { hint: retryLine, cause: error });
  }
}

/** Never a KeySpec beside a KSP, whatever the file or the modifiers say: -repairstore mends what that breaks. */
export function importKeySpec(
  { keySpecBits }: PfxKey,
  provider: KeyStorageProvider,
  { flags }: ImportModifiers,
): KeySpec {
  if (provider.type === 0) return 0;
  if (flags.has('AT_SIGNATURE')) return 2;
  if (flags.has('AT_KEYEXCHANGE')) return 1;
  return keySpecOfUsage(keySpecBits) ?? 1;
}

/** What the key may do where it goes: leave in clear, unless a modifier says otherwise. */
export function importPolicy({ flags }: ImportModifiers): KeyPolicy {
  const encryptedExport = flags.has('ExportEncrypted');
  const protection = flags.has('ProtectHigh') ? 'each use' : flags.has('Protect') ? 'once' : undefined;
  return { exportable: !flags.has('NoExport') && !encryptedExport, archivable: false, encryptedExport, protection };
}

/** `Contoso CA-039df928-…`: a name that ends in the GUID of an earlier import gets the new one in its place. */
export function importContainer(friendlyName: string | undefined, certificate: PfxCertificate | undefined): string {
  const subject = certificate && decodeCertificate(certificate.certificate).tbsCertificate.subject;
  const name = friendlyName || (subject && commonName(subject)) || 'key';
  const prefix = name.replaceAll('\0', '').replace(/-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, '');
  return `${prefix.slice(0, MAX_PREFIX)}-${globalThis.crypto.randomUUID()}`;
}
