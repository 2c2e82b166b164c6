/** A new request from its policy: the key, the request around it, and the entry that waits for the answer. */
import { hresult } from '#hresult/hresult-error';
import { formatHex, isSameBytes } from '#pki/asn1/bytes';
import type { NameValuePair } from '#pki/cmc/name-value-pairs';
import { digestLength } from '#pki/crypto/digest-algorithm';
import type { CryptoEngine, SignatureScheme } from '#pki/crypto/engine';
import type { KeySpec, KeyStorageProvider, ProviderKey } from '#pki/crypto/key-provider';
import { publicKeyKind } from '#pki/crypto/public-key';
import type { Certificate } from '#pki/x509/certificate';
import { type ArchivedKey, archiveKey, requireEncryptionKey } from './archive-key.ts';
import { buildCertificationRequest, clientInfoValue, requestExtensions } from './certification-request.ts';
import { fetchExchangeCertificate } from './exchange-certificate.ts';
import { buildFullRequest } from './full-request.ts';
import type { RequestPolicy } from './inf/request-policy.ts';
import { addPendingRequest, removePendingRequest } from './pending-requests.ts';
import { type CaClient, CRYPT_MACHINE_KEYSET, type EnrollmentPorts, type KeyLocation } from './ports.ts';
import { buildSelfSigned, plannedValidity } from './self-signed.ts';

export interface NewRequest {
  /** DER: PKCS #10, a CMC full request, or the self-signed certificate. */
  readonly request: Uint8Array;
  readonly requestType: RequestPolicy['requestType'];
  readonly keyLocation: KeyLocation;
  /** Takes everything back where the request cannot be handed over: entry and new key. */
  discard(): Promise<void>;
}

export interface NewRequestOptions {
  /** Beside those of the policy. */
  readonly attributes?: readonly NameValuePair[];
  /** Asked for its exchange certificate; needed where the key is to be archived. */
  readonly ca?: CaClient | undefined;
}

/**
 * Throws NTE_BAD_TYPE and whatever is wrong with the exchange certificate before a key is made; after that what provider and
 * stores throw, and then no key is left behind. NTE_BAD_KEY_STATE where the key may not leave its provider,
 * XENROLL_E_KEYSPEC_SMIME_MISMATCH for S/MIME with a key that only signs.
 */
export async function newRequest(
  policy: RequestPolicy,
  ports: EnrollmentPorts,
  options: NewRequestOptions,
): Promise<NewRequest> {
  if (policy.archive) requireEncryptionKey(policy.key.use, policy.key.keySpec);
  if (policy.smime && policy.key.use === 'signature') throw hresult('XENROLL_E_KEYSPEC_SMIME_MISMATCH');
  if (policy.archive && !options.ca) throw new TypeError('archival needs a CA');
  const exchange = policy.archive && options.ca && (await fetchExchangeCertificate(options.ca, ports));
  const provider = ports.providers.byName(policy.key.providerName);
  const key = await openOrCreateKey(policy, provider, ports.engine);
  const dropKey = async () => {
    key.close();
    if (!policy.key.useExisting) await provider.deleteKey(key.container);
  };
  try {
    return await requestWithKey(policy, ports, options, { key, provider, exchange, dropKey });
  } catch (error) {
    await dropKey();
    throw error;
  } finally {
    key.close();
  }
}

interface Material {
  readonly key: ProviderKey;
  readonly provider: KeyStorageProvider;
  readonly exchange: Certificate | undefined;
  readonly dropKey: () => Promise<void>;
}

async function requestWithKey(
  policy: RequestPolicy,
  ports: EnrollmentPorts,
  options: NewRequestOptions,
  { key, provider, exchange, dropKey }: Material,
): Promise<NewRequest> {
  const { engine, clock, stores, client } = ports;
  const { requestType, subject, digest } = policy;
  const scheme = schemeOf(policy, key.publicKey);
  const extensions = await requestExtensions(policy, key.publicKey, engine);
  const keyLocation = locationOf(key, provider);
  const known = {
    keyProvInfo: keyLocation,
    ...(policy.friendlyName === undefined ? {} : { friendlyName: policy.friendlyName }),
  };
  if (requestType === 'Cert') {
    const validity = plannedValidity(policy.validity, clock.now());
    const request = await buildSelfSigned({ subject, validity, extensions, signer: key, scheme, engine });
    await stores.open('My').add(request, known);
    const discard = async () => {
      const entry = (await stores.open('My').list()).find(({ certificate }) => isSameBytes(certificate.raw, request));
      if (entry) await stores.open('My').remove(entry);
      await dropKey();
    };
    return { request, requestType, keyLocation, discard };
  }
  const pairs = [...policy.attributes, ...(options.attributes ?? [])];
  const isCmc = requestType === 'CMC';
  const certificationRequest = await buildCertificationRequest({
    policy,
    extensions,
    pairs: isCmc ? [] : pairs,
    key,
    scheme,
    client,
  });
  let archivedKey: ArchivedKey | undefined;
  if (policy.archive && exchange) {
    archivedKey = await archiveKey({ key, exchange, cipher: policy.archive.cipher, digest, engine });
  }
  const clientInfo = clientInfoValue(client);
  const request = isCmc
    ? await buildFullRequest({
        certificationRequest,
        extensions,
        pairs,
        archivedKey,
        clientInfo,
        signer: key,
        scheme,
        engine,
      })
    : certificationRequest;
  const properties = {
    ...known,
    requestOriginator: client.machineName,
    ...(archivedKey ? { archivedKeyHash: archivedKey.hash } : {}),
  };
  await addPendingRequest({ subject, key, scheme, properties }, { stores, engine, now: clock.now() });
  const discard = async () => {
    await removePendingRequest(stores, key.publicKey);
    await dropKey();
  };
  return { request, requestType, keyLocation, discard };
}

async function openOrCreateKey(
  { key, archive }: RequestPolicy,
  provider: KeyStorageProvider,
  engine: CryptoEngine,
): Promise<ProviderKey> {
  if (key.providerType !== undefined && key.providerType !== provider.type) {
    throw hresult('NTE_BAD_PROV_TYPE', `${provider.name} is of type ${provider.type}, not ${key.providerType}.`);
  }
  const keySpec = keySpecFor(provider, key.keySpec);
  if (key.useExisting) return openExisting(key.container!, provider, keySpec, archive !== undefined);
  return provider.createKey({
    container: key.container ?? newContainer(engine),
    algorithm: key.algorithm,
    keySpec,
    policy: { exportable: key.exportable, archivable: archive !== undefined },
  });
}

/** A key that is there is archivable only where it may be exported: the one chance passed with the handle that made it. */
async function openExisting(
  container: string,
  provider: KeyStorageProvider,
  keySpec: KeySpec,
  archives: boolean,
): Promise<ProviderKey> {
  const key = await provider.openKey(container, keySpec);
  if (!archives || key.exportable) return key;
  key.close();
  throw hresult('NTE_BAD_KEY_STATE', `The private key of ${container} may not leave ${provider.name}.`, {
    hint: 'Only a new key can be archived without being exportable: leave out UseExistingKeySet.',
  });
}

/** A KSP knows no KeySpec: there it only says what the key is for. */
function keySpecFor(provider: KeyStorageProvider, wanted: KeySpec | undefined): KeySpec {
  if (provider.type === 0) return 0;
  return wanted === 2 ? 2 : 1;
}

function schemeOf({ digest, isPss }: RequestPolicy, publicKey: Uint8Array): SignatureScheme {
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
