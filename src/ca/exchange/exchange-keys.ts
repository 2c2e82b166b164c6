/**
 * The CA exchange certificate: clients seal private keys to it. Short-lived, issued by the CA to itself, its key in the
 * provider that EncryptionCSP names. MS-WCCE 3.2.1.4.3.2.15.
 */
import { HresultError } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { identifiesCertificate } from '#pki/cms/certificate-match';
import type { RecipientIdentifier } from '#pki/cms/recipient-info';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { type Certificate, decodeCertificate, isSignedBy } from '#pki/x509/certificate';
import type { Authority } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { addPeriod, parsePeriod } from '../config/period.ts';
import type { KeyLocation } from '../ports.ts';
import { issueExchangeCertificate } from './issue-exchange-certificate.ts';

export interface ExchangeKey {
  readonly certificate: Certificate;
  readonly key: ProviderKey;
}

export class ExchangeKeys {
  #known: ExchangeKey[] | undefined;
  #loading: Promise<ExchangeKey[]> | undefined;
  #coming: Promise<ExchangeKey> | undefined;

  /**
   * The one to hand out; a new one is made inside the overlap period, so that no client gets one about to end.
   * `caller` is the account that asked, for the row of a new one.
   */
  async current(authority: Authority, caller: string): Promise<ExchangeKey> {
    const { clock, database, engine } = authority.ports;
    const configuration = await readConfiguration(database);
    const overlap = parsePeriod(
      configuration.string('CAXchgOverlapPeriod') ?? 'Days',
      configuration.dword('CAXchgOverlapPeriodUnits') ?? 1,
    );
    const needed = addPeriod(clock.now(), overlap);
    const { subjectPublicKeyInfo } = authority.current.certificate.tbsCertificate;
    for (const exchange of (await this.#load(authority)).toReversed()) {
      const { notAfter } = exchange.certificate.tbsCertificate.validity;
      // Clients take none that another key than the CA's newest has signed.
      if (notAfter > needed && (await isSignedBy(exchange.certificate, subjectPublicKeyInfo, engine))) return exchange;
    }
    // Callers that arrive while one is being made share it.
    this.#coming ??= this.#make(authority, caller).finally(() => {
      this.#coming = undefined;
    });
    return this.#coming;
  }

  /** The exchange key a message is sealed to, also one that was replaced, for as long as its certificate lasts. */
  async find(authority: Authority, rid: RecipientIdentifier): Promise<ExchangeKey | undefined> {
    const now = authority.ports.clock.now();
    return (await this.#load(authority)).find(
      ({ certificate }) =>
        certificate.tbsCertificate.validity.notAfter >= now && identifiesCertificate(rid, certificate),
    );
  }

  close(): void {
    for (const { key } of this.#known ?? []) key.close();
    this.#known = undefined;
  }

  async #make(authority: Authority, caller: string): Promise<ExchangeKey> {
    const made = await issueExchangeCertificate(authority, caller);
    (await this.#load(authority)).push(made);
    return made;
  }

  async #load(authority: Authority): Promise<ExchangeKey[]> {
    if (this.#known) return this.#known;
    this.#loading ??= storedExchangeKeys(authority).finally(() => {
      this.#loading = undefined;
    });
    this.#known = await this.#loading;
    return this.#known;
  }
}

/** Those that CAXchgCertHash lists and whose key is still in its provider, the oldest first. */
async function storedExchangeKeys(authority: Authority): Promise<ExchangeKey[]> {
  const { database, engine, stores } = authority.ports;
  const configuration = await readConfiguration(database);
  const hashes = new Set(configuration.strings('CAXchgCertHash').map((hash) => hash.replaceAll(' ', '').toLowerCase()));
  const found: ExchangeKey[] = [];
  for (const { certificate, key: location } of hashes.size > 0 ? await stores.list('My') : []) {
    if (!hashes.has(formatHex(await engine.digest('sha1', certificate)))) continue;
    const key = location && (await openKey(authority, location));
    if (key) found.push({ certificate: decodeCertificate(certificate), key });
  }
  const endOf = ({ certificate }: ExchangeKey) => certificate.tbsCertificate.validity.notAfter.getTime();
  return found.sort((a, b) => endOf(a) - endOf(b));
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
