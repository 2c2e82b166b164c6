/**
 * Exchange keys that nobody will need again: those whose certificate has ended, and those a crash left without one. An
 * archived key is sealed to its agents when its request arrives, so that requests which wait need no exchange key either.
 */
import { HresultError } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import type { Authority } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { plainHash } from '../config/plain-hash.ts';
import type { KeyLocation } from '../ports.ts';

/** Containers of exchange keys: sanitized names hold no bracket, so that no other container looks like this. */
export function exchangeContainerPrefix(sanitizedName: string): string {
  return `${sanitizedName}-Xchg(`;
}

/**
 * Removes all exchange keys of this CA but those in `kept` (by thumbprint), with their entries in the My store and in
 * CAXchgCertHash. What a provider will not give up now is tried again the next time.
 */
export async function removeStaleExchangeKeys(authority: Authority, kept: ReadonlySet<string>): Promise<void> {
  const { database, engine, providers, stores } = authority.ports;
  // Whose key a damaged entry names, nobody knows: it may be one that is wanted.
  if ((await stores.damaged('My')).size > 0) return;
  const prefix = exchangeContainerPrefix(authority.sanitizedName);
  const inUse = new Set<string>();
  const stale: Uint8Array[] = [];
  for (const { certificate, key } of await stores.list('My')) {
    if (!key?.container.startsWith(prefix)) continue;
    if (kept.has(formatHex(await engine.digest('sha1', certificate)))) inUse.add(nameOf(key));
    else stale.push(certificate);
  }
  for (const provider of providers.all) {
    for (const container of await unlessUnavailable(provider.listContainers(), [])) {
      if (container.startsWith(prefix) && !inUse.has(nameOf({ provider: provider.name, container })))
        await unlessUnavailable(provider.deleteKey(container), undefined);
    }
  }
  for (const certificate of stale) await stores.remove('My', certificate);
  const listed = (await readConfiguration(database)).strings('CAXchgCertHash');
  const data = listed.filter((hash) => kept.has(plainHash(hash)));
  if (data.length === listed.length) return;
  await database.commit([{ set: 'Registry', path: '', name: 'CAXchgCertHash', value: { type: 'REG_MULTI_SZ', data } }]);
}

function nameOf({ provider, container }: Pick<KeyLocation, 'provider' | 'container'>): string {
  return `${provider}\n${container}`;
}

async function unlessUnavailable<T>(work: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof HresultError) return otherwise;
    throw error;
  }
}
