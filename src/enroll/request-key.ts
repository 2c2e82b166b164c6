/** The key of a new request: made, found, or that of the certificate that is renewed. */
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { digestLength } from '#pki/crypto/digest-algorithm';
import type { CryptoEngine, SignatureScheme } from '#pki/crypto/engine';
import type { KeyProviders, KeySpec, KeyStorageProvider, ProviderKey } from '#pki/crypto/key-provider';
import { publicKeyKind } from '#pki/crypto/public-key';
import type { KeyPlan } from './inf/key-plan.ts';
import type { RequestPolicy } from './inf/request-policy.ts';
import { CRYPT_MACHINE_KEYSET, type EnrollmentPorts, type KeyLocation } from './ports.ts';
import type { SigningCertificate } from './signing-certificate.ts';

/** The key of the certificate that is renewed, one that is there, or a new one. */
export async function openOrCreateKey(
  { key, archive }: RequestPolicy,
  { providers, engine }: EnrollmentPorts,
  renewed: SigningCertificate | undefined,
): Promise<{ readonly key: ProviderKey; readonly provider: KeyStorageProvider }> {
  if (key.useExisting && key.container === undefined && renewed) {
    const { provider: name, container, keySpec } = renewed.keyLocation;
    const provider = providers.byName(name);
    return { key: await openExisting(container, provider, keySpec, archive !== undefined), provider };
  }
  const provider = plannedProvider(key, providers);
  const keySpec = keySpecFor(provider, key.keySpec);
  if (key.useExisting) {
    // Under a KSP whichever it finds: a key of its own, or one of the older CAPI container of that name.
    const existing = provider.type === 0 ? undefined : keySpec;
    return { key: await openExisting(key.container!, provider, existing, archive !== undefined), provider };
  }
  const made = await provider.createKey({
    container: key.container ?? newContainer(engine),
    algorithm: key.algorithm,
    keySpec,
    policy: {
      exportable: key.exportable,
      encryptedExport: key.encryptedExport,
      protection: key.protection,
      archivable: archive !== undefined,
    },
  });
  return { key: made, provider };
}

/** A key that is there is archivable only where it may be exported: the one chance passed with the handle that made it. */
async function openExisting(
  container: string,
  provider: KeyStorageProvider,
  keySpec: KeySpec | undefined,
  archives: boolean,
): Promise<ProviderKey> {
  const key = await provider.openKey(container, keySpec);
  if (!archives || key.exportable) return key;
  key.close();
  throw hresult('NTE_BAD_KEY_STATE', `The private key of ${container} may not leave ${provider.name}.`, {
    hint: 'Only a new key can be archived without being exportable: leave out UseExistingKeySet.',
  });
}

/** CryptAcquireContext takes a type alone too: the default provider of that type. Throws NTE_PROV_TYPE_NOT_DEF, NTE_PROV_TYPE_NO_MATCH. */
function plannedProvider({ providerName, providerType }: KeyPlan, providers: KeyProviders): KeyStorageProvider {
  const known = () =>
    providers.known.find(({ provType, isDefaultOfType }) => provType === providerType && isDefaultOfType);
  const name = providerName ?? known()?.name;
  if (name === undefined) {
    throw hresult('NTE_PROV_TYPE_NOT_DEF', `There is no provider of the type ${providerType}.`, {
      hint: 'certutil -csplist lists providers with their types; a key storage provider has 0',
    });
  }
  const provider = providers.byName(name);
  if (providerType === undefined || providerType === provider.type) return provider;
  throw hresult('NTE_PROV_TYPE_NO_MATCH', `${provider.name} is of type ${provider.type}, not ${providerType}.`, {
    hint: `write ProviderType = ${provider.type}, or leave it out`,
  });
}

/** A KSP knows no KeySpec: there it only says what the key is for. */
function keySpecFor(provider: KeyStorageProvider, wanted: KeySpec | undefined): KeySpec {
  if (provider.type === 0) return 0;
  return wanted === 2 ? 2 : 1;
}

export function schemeOf({ digest, isPss }: RequestPolicy, publicKey: Uint8Array): SignatureScheme {
  if (publicKeyKind(publicKey).type === 'ec') return { name: 'ecdsa', digest };
  return isPss ? { name: 'rsa-pss', digest, saltLength: digestLength(digest) } : { name: 'rsa-pkcs1', digest };
}

function locationOf(key: ProviderKey, provider: KeyStorageProvider): KeyLocation {
  return {
    container: key.container,
    provider: provider.name,
    providerType: provider.type,
    flags: key.machineKeyset ? CRYPT_MACHINE_KEYSET : 0,
    keySpec: key.keySpec,
  };
}

/** As Windows names the containers that it makes for requests: `le-` and a GUID. */
function newContainer(engine: CryptoEngine): string {
  return `le-${formatHex(engine.random(16)).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
}

/** What is kept with the entry of a request or certificate, whatever its kind. */
export function knownProperties(
  { friendlyName, description }: RequestPolicy,
  key: ProviderKey,
  provider: KeyStorageProvider,
) {
  return {
    keyProvInfo: locationOf(key, provider),
    ...(friendlyName === undefined ? {} : { friendlyName }),
    ...(description === undefined ? {} : { description }),
  };
}
