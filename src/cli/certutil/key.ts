import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import type { KeyListing, KeyStorageProvider, ProviderDescription } from '#pki/crypto/key-provider';
import { decodeSubjectPublicKeyInfo, publicKeyKind } from '#pki/crypto/public-key';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { Page } from './dump/page.ts';
import { printKeyIdHashes } from './dump/public-key.ts';
import { algorithmName, detailLines, exportabilityLines, exportPolicy } from './keys/key-details.ts';
import { isNamed } from './keys/named-key.ts';
import { KEY_SPEC_NAMES, servedProvider, wantedProviders } from './keys/providers.ts';
import { dateStyle } from './text/date-style.ts';

/** What CryptAcquireContext takes where nobody names a provider. */
const DEFAULT_CSP = 'Microsoft Strong Cryptographic Provider';

/**
 * `certutil -key [KeyContainerName | -]`: the keys of a provider, with -v all about them; `-csp *` looks into every provider. `-` is
 * the default container, which no key here has.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, options, out } = context;
  const [name] = args;
  const providers = await context.providers(!options.has('user'));
  const csp = options.value('csp') ?? DEFAULT_CSP;
  // That a device is not here is an answer where one provider is asked, and not where all are.
  const asked = csp === '*' ? undefined : providers.byName(csp);
  const found: Json[] = [];
  for (const description of wantedProviders(providers, csp)) {
    const provider = servedProvider(providers, description);
    if (!provider) continue;
    const keys = (await provider.listKeys()).filter((key) => name === undefined || isNamed(key, name));
    if (keys.length === 0 && csp === '*') continue;
    if (keys.length > 0 || name === undefined) out(`${provider.name}:`);
    for (const pair of containers(keys)) await printContainer(context, provider, description, pair);
    found.push(...keys.map((key) => keyJson(provider, key)));
  }
  if (name !== undefined && found.length === 0) throw missing(asked?.name, name);
  return found;
}

function missing(provider: string | undefined, name: string): Error {
  const where = provider === undefined ? 'No provider has a' : `${provider} has no`;
  const detail = name === '-' ? 'There is no default container here.' : `${where} container ${name}.`;
  return hresult('NTE_BAD_KEYSET', detail, {
    hint: 'certutil -csp * -key lists the keys of every provider; -user looks at your own',
  });
}

/** The keys of one container together: a CSP's may hold two. */
function containers(keys: readonly KeyListing[]): KeyListing[][] {
  return [...Map.groupBy(keys, ({ container }) => container).values()];
}

async function printContainer(
  context: CertutilContext,
  provider: KeyStorageProvider,
  description: ProviderDescription,
  keys: readonly KeyListing[],
): Promise<void> {
  const { out, options } = context;
  const [{ container, uniqueName, publicKey }] = keys as [KeyListing];
  out(`  ${container}`);
  if (uniqueName !== container) out(`  ${uniqueName}`);
  if (!options.has('v')) {
    out(`  ${provider.type === 0 ? algorithmName(publicKey) : keys.map(specName).join(', ')}`);
    out();
    return;
  }
  const style = dateStyle(options);
  const page = new Page({ engine: await context.engine() }, style, out);
  for (const key of keys) {
    out();
    out(`  ${algorithmName(key.publicKey)}`);
    if (provider.type !== 0) out(`    ${specName(key)}:`);
    const spki = decodeSubjectPublicKeyInfo(key.publicKey);
    await printKeyIdHashes(page, spki);
    out('Container Public Key:');
    page.dump(spki.subjectPublicKey, '  ');
    const detailed = { ...key, machineKeyset: provider.machineKeyset };
    for (const line of detailLines(detailed, description, style)) out(line);
    for (const line of exportabilityLines(key)) out(line);
  }
  out();
}

function specName({ keySpec }: KeyListing): string {
  return KEY_SPEC_NAMES[keySpec];
}

function keyJson(provider: KeyStorageProvider, key: KeyListing): Json {
  const kind = publicKeyKind(key.publicKey);
  return {
    provider: provider.name,
    providerType: provider.type,
    container: key.container,
    uniqueName: key.uniqueName,
    keySpec: key.keySpec,
    algorithm: algorithmName(key.publicKey),
    bits: kind.bits,
    exportPolicy: exportPolicy(key),
    protection: key.protection,
    securityDescriptor: key.securityDescriptor || undefined,
    modified: key.modified?.toISOString(),
    publicKey: formatHex(key.publicKey),
  };
}
