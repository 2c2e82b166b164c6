/** Which providers a verb is about, and how -csplist, -csptest and -key head their sections. */
import { hresult } from '#hresult/hresult-error';
import type { AlgorithmLengths, KeyProviders, KeyStorageProvider, ProviderDescription } from '#pki/crypto/key-provider';

/** PROV_* of wincrypt.h, for the types that have a provider. */
const TYPE_NAMES: Readonly<Record<number, string>> = {
  1: 'PROV_RSA_FULL',
  2: 'PROV_RSA_SIG',
  3: 'PROV_DSS',
  12: 'PROV_RSA_SCHANNEL',
  13: 'PROV_DSS_DH',
  18: 'PROV_DH_SCHANNEL',
  24: 'PROV_RSA_AES',
};

export const KEY_SPEC_NAMES = ['XCN_AT_NONE', 'AT_KEYEXCHANGE', 'AT_SIGNATURE'] as const;

/** `Provider Name: …`, and the type of a CSP. */
export function providerHeading({ name, provType }: ProviderDescription): string[] {
  const type = provType === 0 ? [] : [`Provider Type: ${provType} - ${providerTypeName(provType)}`];
  return [`Provider Name: ${name}`, ...type];
}

export function providerTypeName(provType: number): string {
  return TYPE_NAMES[provType] ?? 'PROV_UNKNOWN';
}

/** CSPs, then KSPs, as certutil has them. */
function inListOrder(known: readonly ProviderDescription[]): ProviderDescription[] {
  const place = ({ provType }: ProviderDescription) => (provType === 0 ? 1 : 0);
  return [...known].sort((a, b) => place(a) - place(b));
}

/** All, or that of -csp; `*` are all too. Throws NTE_KEYSET_NOT_DEF for an unknown name. */
export function wantedProviders(
  { known, byName }: Pick<KeyProviders, 'known' | 'byName'>,
  csp: string | undefined,
): readonly ProviderDescription[] {
  if (csp === undefined || csp === '*') return inListOrder(known);
  const found = findDescription(known, csp);
  if (found) return [found];
  const { name } = byName(csp);
  return known.filter((one) => one.name === name);
}

/** Those a key is looked for in: all that are here, or that of -csp. Throws as KeyProviders.byName. */
export function searchedProviders(
  { all, byName }: Pick<KeyProviders, 'all' | 'byName'>,
  csp: string | undefined,
): readonly KeyStorageProvider[] {
  return csp === undefined || csp === '*' ? all : [byName(csp)];
}

/** By name or alias, without regard to case. */
export function findDescription(known: readonly ProviderDescription[], typed: string): ProviderDescription | undefined {
  const wanted = typed.trim().toLowerCase();
  return known.find(({ name, aliases }) => [name, ...aliases].some((one) => one.toLowerCase() === wanted));
}

/** Of this algorithm and, for `RSA`, of every KeySpec. Throws NTE_BAD_ALGID for one that no provider has. */
export function requireAlgorithm(known: readonly ProviderDescription[], algorithm: string | undefined): void {
  if (algorithm === undefined || known.some((one) => algorithmsOf(one, algorithm).length > 0)) return;
  const names = [...new Set(known.flatMap(({ algorithms }) => algorithms.map((lengths) => lengths.algorithm)))];
  throw hresult('NTE_BAD_ALGID', `No provider has keys of the algorithm ${algorithm}.`, {
    hint: `algorithms: ${names.join(' ')}`,
  });
}

export function algorithmsOf(provider: ProviderDescription, algorithm: string | undefined): AlgorithmLengths[] {
  const wanted = algorithm?.toLowerCase();
  return provider.algorithms.filter((lengths) => wanted === undefined || lengths.algorithm.toLowerCase() === wanted);
}

/** Undefined for one whose device is not here. */
export function servedProvider(providers: KeyProviders, { name }: ProviderDescription): KeyStorageProvider | undefined {
  return providers.all.find((provider) => provider.name === name);
}
