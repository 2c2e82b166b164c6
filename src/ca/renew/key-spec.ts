/**
 * KeySpec 2 under a key storage provider (document 001): a store entry that says AT_SIGNATURE of a key that knows no KeySpec.
 * Keys are opened all the same; renewal with the same key, which hands the entry on, fails on Windows and is refused here.
 */
import { type HresultError, hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import type { KeyProviders, KeySpec, ProviderKey } from '#pki/crypto/key-provider';
import { decodeCertificate } from '#pki/x509/certificate';
import { formatSerial } from '#pki/x509/serial-number';
import type { Configuration } from '../config/configuration.ts';
import { plainHash } from '../config/plain-hash.ts';
import type { AuthorityPorts, KeyLocation } from '../ports.ts';

/** A certificate of the CA whose entry in My has a KeySpec that its provider does not know. */
export interface WrongKeySpec {
  /** In CACertHash. */
  readonly index: number;
  readonly serialNumber: string;
  /** SHA-1, lower-case hex. */
  readonly thumbprint: string;
  readonly key: KeyLocation;
}

/** The KeySpec to open a key by: what a store entry says of a CNG key means nothing. */
export function effectiveKeySpec(providers: KeyProviders, { provider, keySpec }: KeyLocation): KeySpec {
  return providers.byName(provider).type === 0 ? 0 : keySpec;
}

/** Throws what provider and container say: NTE_KEYSET_NOT_DEF, NTE_BAD_KEYSET, NTE_NO_KEY. */
export async function openKeyOf(providers: KeyProviders, location: KeyLocation): Promise<ProviderKey> {
  return providers.byName(location.provider).openKey(location.container, effectiveKeySpec(providers, location));
}

/** In the order of CACertHash. */
export async function wrongKeySpecs(
  { engine, providers, stores }: Pick<AuthorityPorts, 'engine' | 'providers' | 'stores'>,
  configuration: Configuration,
): Promise<WrongKeySpec[]> {
  const hashes = configuration.strings('CACertHash').map(plainHash);
  const isKsp = (name: string) => providers.all.some((provider) => provider.name === name && provider.type === 0);
  const found: WrongKeySpec[] = [];
  for (const { certificate, key } of await stores.list('My')) {
    const thumbprint = formatHex(await engine.digest('sha1', certificate));
    const index = hashes.indexOf(thumbprint);
    if (index < 0 || key === undefined || key.keySpec === 0 || !isKsp(key.provider)) continue;
    const serialNumber = formatSerial(decodeCertificate(certificate).tbsCertificate.serialNumber);
    found.push({ index, serialNumber, thumbprint, key });
  }
  return found.sort((a, b) => a.index - b.index);
}

export function keySpecFault(wrong: readonly WrongKeySpec[]): HresultError {
  const named = wrong.map(({ index, serialNumber, key }) => `${index} (${serialNumber}) has KeySpec ${key.keySpec}`);
  const [first] = wrong;
  return hresult(
    'NTE_BAD_FLAGS',
    `CA certificate ${named.join(', ')} under ${first?.key.provider}, a key storage provider: it has to be 0.`,
    {
      hint: `certutil -repairstore my "${first?.serialNumber}" KeyProv.inf, with KeySpec = 0 and Container = ${first?.key.container} in the INF file`,
    },
  );
}
