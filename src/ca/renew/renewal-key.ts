/** The certificate that is renewed, and the key of the new one: the same, or one that is made as the one before was. */
import { hresult, isHresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { publicKeyAlgorithm } from '#pki/crypto/public-key-algorithm';
import type { Configuration } from '../config/configuration.ts';
import { sanitizeName } from '../config/sanitized-name.ts';
import { type OwnCertificate, ownCertificates } from '../install/own-certificates.ts';
import { createCaKey } from '../install/root-certificate.ts';
import type { AuthorityPorts, KeyLocation } from '../ports.ts';
import { effectiveKeySpec, openKeyOf } from './key-spec.ts';
import type { OutstandingRenewal } from './outstanding.ts';

export interface PreviousCertificate extends OwnCertificate {
  readonly key: KeyLocation;
}

/** Throws CRYPT_E_NOT_FOUND, NTE_BAD_KEYSET where the entry of the newest certificate names no key. */
export async function previousCertificate(
  ports: AuthorityPorts,
  configuration: Configuration,
): Promise<PreviousCertificate> {
  const newest = (await ownCertificates(ports, configuration)).at(-1);
  if (newest === undefined) throw hresult('CRYPT_E_NOT_FOUND', 'CACertHash lists no certificate that is in use.');
  const { key } = newest;
  if (key === undefined) throw hresult('NTE_BAD_KEYSET', 'The CA certificate in the My store names no key.');
  return { ...newest, key };
}

/** Throws NTE_EXISTS where the container of the new key is taken. */
export async function planKey(
  { providers }: AuthorityPorts,
  configuration: Configuration,
  previous: PreviousCertificate,
  { reuseKey, index }: { readonly reuseKey: boolean; readonly index: number },
): Promise<Pick<OutstandingRenewal, 'keyIndex' | 'key' | 'isNewKey'>> {
  if (reuseKey) {
    const key = { ...previous.key, keySpec: effectiveKeySpec(providers, previous.key) };
    return { keyIndex: previous.keyIndex, key, isNewKey: false };
  }
  const provider = providers.byName(configuration.required('Provider', 'CSP'));
  const container = `${sanitizeName(configuration.required('CommonName'))}(${index})`;
  const key = { provider: provider.name, container, keySpec: provider.type === 0 ? 0 : 2 } as const;
  await requireFree({ providers }, key);
  return { keyIndex: index, key, isNewKey: true };
}

/** Before anything is remembered: what gives up a renewal deletes its key. */
async function requireFree({ providers }: Pick<AuthorityPorts, 'providers'>, key: KeyLocation): Promise<void> {
  try {
    (await openKeyOf(providers, key)).close();
  } catch (error) {
    if (isHresult(error, 'NTE_BAD_KEYSET') || isHresult(error, 'NTE_NO_KEY')) return;
    throw error;
  }
  throw hresult('NTE_EXISTS', `The container ${key.container} of ${key.provider} holds a key already.`, {
    hint: `certutil -csp "${key.provider}" -delkey "${key.container}", where nobody needs that key`,
  });
}

/** A new key is as the one before it was: as long, and exportable or not. */
export async function takeKey(
  { providers }: AuthorityPorts,
  { key, isNewKey }: OutstandingRenewal,
  previous: PreviousCertificate,
): Promise<ProviderKey> {
  if (!isNewKey) {
    const opened = await openKeyOf(providers, key);
    if (isSameBytes(opened.publicKey, previous.certificate.tbsCertificate.subjectPublicKeyInfo.raw)) return opened;
    opened.close();
    throw hresult('NTE_BAD_KEY', `Container ${key.container} holds another key than the CA certificate's.`);
  }
  return createCaKey(providers, {
    provider: key.provider,
    container: key.container,
    algorithm: publicKeyAlgorithm(previous.certificate.tbsCertificate.subjectPublicKeyInfo),
    exportable: await isExportable(providers, previous.key),
  });
}

/** Where the key before is gone, that is why there is a new one. */
async function isExportable(providers: AuthorityPorts['providers'], location: KeyLocation): Promise<boolean> {
  try {
    const key = await openKeyOf(providers, location);
    key.close();
    return key.exportable;
  } catch {
    return true;
  }
}
