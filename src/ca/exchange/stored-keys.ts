/** The exchange keys that the CA's stores, registry and providers hold together. */
import { HresultError, isHresult } from '#hresult/hresult-error';
import { formatHex, isSameBytes } from '#pki/asn1/bytes';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { type Certificate, decodeCertificate, isSignedBy } from '#pki/x509/certificate';
import type { Authority } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { plainHash } from '../config/plain-hash.ts';
import type { CaDatabase, KeyLocation } from '../ports.ts';
import type { ExchangeKey } from './exchange-keys.ts';

/** Those that CAXchgCertHash lists, this CA signed, and whose key is still in its provider, the oldest first. */
export async function storedExchangeKeys(authority: Authority): Promise<ExchangeKey[]> {
  const { database } = authority.ports;
  const found: ExchangeKey[] = [];
  for (const { certificate, thumbprint, location } of await listed(authority)) {
    if (!(await isOwn(authority, certificate))) continue;
    const key = location && (await openKey(authority, location));
    if (key) found.push({ certificate, key, requestId: await requestOf(database, thumbprint) });
  }
  const endOf = ({ certificate }: ExchangeKey) => certificate.tbsCertificate.validity.notAfter.getTime();
  return found.sort((a, b) => endOf(a) - endOf(b));
}

interface ListedCertificate {
  readonly certificate: Certificate;
  readonly thumbprint: string;
  readonly location: KeyLocation | undefined;
}

async function listed({ ports: { database, engine, stores } }: Authority): Promise<ListedCertificate[]> {
  const hashes = new Set((await readConfiguration(database)).strings('CAXchgCertHash').map(plainHash));
  const found: ListedCertificate[] = [];
  for (const { certificate, key } of hashes.size > 0 ? await stores.list('My') : []) {
    const thumbprint = formatHex(await engine.digest('sha1', certificate));
    if (hashes.has(thumbprint)) found.push({ certificate: decodeCertificate(certificate), thumbprint, location: key });
  }
  return found;
}

/** Document 004: a CA may not use a certificate issued by another CA. */
async function isOwn({ certificates, ports: { engine } }: Authority, certificate: Certificate): Promise<boolean> {
  for (const { certificate: own } of certificates)
    if (await isSignedBy(certificate, own.tbsCertificate.subjectPublicKeyInfo, engine)) return true;
  return false;
}

async function requestOf(database: CaDatabase, thumbprint: string): Promise<number | undefined> {
  for await (const row of database.view({
    table: 'Requests',
    columns: ['Request.RequestID'],
    restrictions: [{ column: 'CertificateHash', operator: '=', value: thumbprint }],
    limit: 1,
  }))
    return Number(row.get('Request.RequestID'));
  return undefined;
}

/** Those in use, and those whose provider does not answer now: they may be wanted when it does. */
export async function thumbprintsToKeep(
  authority: Authority,
  kept: readonly ExchangeKey[],
): Promise<ReadonlySet<string>> {
  const now = authority.ports.clock.now();
  const thumbprints = new Set<string>();
  for (const { certificate, thumbprint, location } of await listed(authority)) {
    const isKept = kept.some((exchange) => isSameBytes(exchange.certificate.raw, certificate.raw));
    const isLasting = certificate.tbsCertificate.validity.notAfter >= now && (await isOwn(authority, certificate));
    if (isKept || (isLasting && location && !(await isGone(authority, location)))) thumbprints.add(thumbprint);
  }
  return thumbprints;
}

/** A key that is gone is of no use, and no reason to make no new one. */
async function openKey({ ports }: Authority, location: KeyLocation): Promise<ProviderKey | undefined> {
  try {
    return await ports.providers.byName(location.provider).openKey(location.container, location.keySpec);
  } catch (error) {
    if (error instanceof HresultError) return undefined;
    throw error;
  }
}

async function isGone({ ports }: Authority, location: KeyLocation): Promise<boolean> {
  try {
    (await ports.providers.byName(location.provider).openKey(location.container, location.keySpec)).close();
    return false;
  } catch (error) {
    return isHresult(error, 'NTE_BAD_KEYSET') || isHresult(error, 'NTE_NO_KEY');
  }
}
