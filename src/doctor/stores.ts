/** The machine's certificate stores against its key containers. */
import type { Configuration } from '#ca/config/configuration';
import { plainHash } from '#ca/config/plain-hash';
import type { KeyLocation } from '#ca/ports';
import { outstandingRenewal } from '#ca/renew/outstanding';
import type { CertificateStores } from '#certstore/ports/certificate-store';
import { HresultError } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { isSamePublicKey } from '#pki/keyblob/public-key-match';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';
import { attempt, type Diagnosis, diagnosis, diagnosisOf } from './finding.ts';
import type { OwnKeys } from './own-keys.ts';
import type { DoctorPorts } from './ports.ts';

const KINDS = { certificate: 'certificate', crl: 'CRL', ctl: 'CTL' } as const;

/** Of the machine, of the enterprise and of service accounts, each where it is and not where it is seen through. */
export async function damagedEntries(
  ports: Pick<DoctorPorts, 'certificateStores' | 'enterpriseStores' | 'serviceStores'>,
): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [];
  for (const { stores, option, prefix } of await setsOfStores(ports)) {
    for (const store of stores.all) {
      for (const { kind, thumbprint, error, physicalStore } of await store.listDamaged()) {
        const name = `${prefix}${store.name}`;
        const text = `A ${KINDS[kind]} of ${name} is damaged: ${error.detail ?? error.message}`;
        const verbs = `certutil ${option}-addstore "${name}" FILE mends it, certutil ${option}-delstore "${name}" ${thumbprint} takes it away`;
        if (physicalStore === '.Default') {
          found.push(diagnosisOf('warning', 'store-damaged', error, { text, cure: verbs }));
        } else if (physicalStore === '.Directory') {
          const cure = 'certutil -DS shows the object; what is of this CA, its service puts back when it starts';
          found.push(diagnosisOf('warning', 'store-damaged', error, { text, cure }));
        }
      }
    }
  }
  return found;
}

interface SetOfStores {
  readonly stores: CertificateStores;
  /** Of certutil, with the blank behind it. */
  readonly option: string;
  readonly prefix: string;
}

async function setsOfStores({
  certificateStores,
  enterpriseStores,
  serviceStores,
}: Pick<DoctorPorts, 'certificateStores' | 'enterpriseStores' | 'serviceStores'>): Promise<SetOfStores[]> {
  const sets = [{ stores: certificateStores, option: '', prefix: '' }];
  if (enterpriseStores) sets.push({ stores: enterpriseStores, option: '-enterprise ', prefix: '' });
  for (const service of (await serviceStores?.services()) ?? []) {
    sets.push({ stores: await serviceStores!.of(service), option: '-Service ', prefix: `${service}\\` });
  }
  return sets;
}

/** What a provider that answers says of a key which is not there, or damaged; others may come back by themselves. */
const GONE: readonly string[] = ['NTE_BAD_KEYSET', 'NTE_NO_KEY', 'NTE_BAD_DATA'];

/** Certificates of My that name a key which is gone or cannot be reached; the CA's own are `ownKeys`'. */
export async function entriesWithoutKey(
  { certificateStores, providers }: Pick<DoctorPorts, 'certificateStores' | 'providers'>,
  configuration: Configuration,
): Promise<Diagnosis[]> {
  const own = new Set(configuration.strings('CACertHash').map(plainHash));
  const exchange = new Set(configuration.strings('CAXchgCertHash').map(plainHash));
  const isOpen = providers.all.length > 0;
  const found: Diagnosis[] = [];
  for (const { certificate, thumbprint, properties } of await certificateStores.open('My').list()) {
    const { keyProvInfo } = properties;
    if (keyProvInfo === undefined || own.has(thumbprint)) continue;
    const key = await attempt(() => openNamed(providers, keyProvInfo));
    if (!(key instanceof HresultError)) {
      key.close();
      continue;
    }
    const { serialNumber, subject } = certificate.tbsCertificate;
    const serial = formatSerial(serialNumber);
    const text = `${formatName(subject)} (${serial}) in My: ${key.detail ?? key.message}`;
    if (!isOpen || !GONE.includes(key.symbol)) {
      // A token that is put back has its keys: nobody is told to give up the certificate.
      found.push(diagnosisOf('warning', exchange.has(thumbprint) ? 'exchange-key' : 'key-gone', key, { text }));
      continue;
    }
    found.push(
      exchange.has(thumbprint)
        ? diagnosisOf('warning', 'exchange-key', key, {
            text: `The exchange certificate ${text} Whatever was sealed to it opens no more.`,
            cure: 'certutil -CAInfo xchg has the CA make another',
          })
        : diagnosisOf('warning', 'key-gone', key, {
            text,
            cure: `certutil -repairstore my "${serial}", or certutil -delstore my "${serial}"`,
          }),
    );
  }
  return found;
}

/** A CNG key whatever KeySpec stands beside it, and else the CAPI container that a KSP opens in its place. */
function openNamed(
  providers: DoctorPorts['providers'],
  { provider, container, keySpec }: KeyLocation,
): Promise<ProviderKey> {
  const named = providers.byName(provider);
  return named.openKey(container, named.type === 0 ? undefined : keySpec);
}

/** The unique name of a CAPI key that an entry names under a KSP. */
async function legacyName(providers: DoctorPorts['providers'], location: KeyLocation): Promise<string | undefined> {
  if (location.keySpec === 0 || providers.all.find(({ name }) => name === location.provider)?.type !== 0)
    return undefined;
  const key = await attempt(() => openNamed(providers, location));
  if (key instanceof HresultError) return undefined;
  key.close();
  return key.keySpec === 0 ? undefined : key.uniqueName;
}

/**
 * Keys of the machine that no certificate names: the CA's own, from an import that was made twice or a move half done, and
 * others. `wanted` are left out. Where the CA lacks a certificate, none is to be deleted: it may be the CA's.
 */
export async function keysWithoutCertificate(
  ports: Pick<DoctorPorts, 'certificateStores' | 'enterpriseStores' | 'serviceStores' | 'providers'>,
  { keys, entries, findings }: OwnKeys,
  configuration: Configuration,
  wanted: readonly Pick<KeyLocation, 'provider' | 'container'>[] = [],
): Promise<Diagnosis[]> {
  const { providers } = ports;
  const named = new Set<string>();
  const place = (provider: string, container: string) => `${provider}\n${container}`;
  for (const store of (await setsOfStores(ports)).flatMap(({ stores }) => stores.all)) {
    // Of a damaged Disallowed nothing can be said but that, which damagedEntries does; keys are none of its.
    const listed = await attempt(() => store.list());
    for (const { properties } of listed instanceof HresultError ? [] : listed)
      if (properties.keyProvInfo) {
        named.add(place(properties.keyProvInfo.provider, properties.keyProvInfo.container));
        const legacy = await legacyName(providers, properties.keyProvInfo);
        for (const { name, type } of providers.all) if (legacy && type !== 0) named.add(place(name, legacy));
      }
  }
  for (const { provider, container } of wanted) named.add(place(provider, container));
  const renewal = outstandingRenewal(configuration);
  if (renewal) named.add(place(renewal.key.provider, renewal.key.container));
  const own = new Set(keys.map(({ publicKey }) => formatHex(publicKey)));
  const waiting = entries.filter((entry) => keys.every((key) => !key.entries.includes(entry)));
  const isCaWhole = findings.every(({ code }) => code !== 'ca-certificate-missing');
  const found: Diagnosis[] = [];
  for (const provider of providers.all) {
    const listings = await attempt(() => provider.listKeys());
    if (listings instanceof HresultError) {
      const text = `What keys are in ${provider.name} cannot be said: ${listings.detail ?? listings.message}`;
      found.push(diagnosisOf('warning', 'check-failed', listings, { text }));
      continue;
    }
    for (const { container, uniqueName, publicKey } of listings) {
      if (named.has(place(provider.name, container)) || named.has(place(provider.name, uniqueName))) continue;
      const remove = `certutil -csp "${provider.name}" -delkey "${container}"`;
      const where = `in ${container}, which no certificate names.`;
      const lost = waiting.find(({ entry }) =>
        isSamePublicKey(publicKey, entry.certificate.tbsCertificate.subjectPublicKeyInfo.raw),
      );
      const unnamed = (cure: string) =>
        diagnosis('note', 'key-without-certificate', `${provider.name} has a key ${where}`, { cure });
      if (own.has(formatHex(publicKey))) {
        const text = `${provider.name} has a key of the CA ${where}`;
        found.push(diagnosis('warning', 'left-over-key', text, { cure: remove }));
      } else if (lost) {
        const text = `${provider.name} has the key of CA certificate ${lost.index} ${where}`;
        const cure = `certutil -repairstore my "${lost.serialNumber}" joins the two`;
        found.push(diagnosis('warning', 'key-without-certificate', text, { cure }));
      } else if (!isCaWhole) {
        found.push(unnamed('leave it: it may be that of the CA certificate which is missing'));
      } else found.push(unnamed(`${remove}, if nobody needs it`));
    }
  }
  return found;
}
