/**
 * The CA exchange certificate: clients seal private keys to it. Short-lived, issued by the CA to itself, its key in the
 * provider that EncryptionCSP names. MS-WCCE 3.2.1.4.3.2.15.
 */
import { formatHex } from '#pki/asn1/bytes';
import { identifiesCertificate } from '#pki/cms/certificate-match';
import type { RecipientIdentifier } from '#pki/cms/recipient-info';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import type { Authority } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { addPeriod, parsePeriod } from '../config/period.ts';
import { issueExchangeCertificate } from './issue-exchange-certificate.ts';

export interface ExchangeKey {
  readonly certificate: Certificate;
  readonly key: ProviderKey;
}

export class ExchangeKeys {
  readonly #known = new Map<string, ExchangeKey>();
  #current: ExchangeKey | undefined;
  #coming: Promise<ExchangeKey> | undefined;

  /** The one to hand out; a new one is made inside the overlap period, so that no client gets one about to end. */
  async current(authority: Authority): Promise<ExchangeKey> {
    const configuration = await readConfiguration(authority.ports.database);
    const overlap = parsePeriod(
      configuration.string('CAXchgOverlapPeriod') ?? 'Days',
      configuration.dword('CAXchgOverlapPeriodUnits') ?? 1,
    );
    const needed = addPeriod(authority.ports.clock.now(), overlap);
    if (this.#current === undefined) await this.#load(authority);
    if (this.#current && this.#current.certificate.tbsCertificate.validity.notAfter > needed) return this.#current;
    // Callers that arrive while one is being made share it.
    this.#coming ??= this.#make(authority).finally(() => {
      this.#coming = undefined;
    });
    return this.#coming;
  }

  /** The exchange key a message is sealed to, also one that was replaced: requests may still be on their way to it. */
  async find(authority: Authority, rid: RecipientIdentifier): Promise<ExchangeKey | undefined> {
    if (this.#known.size === 0) await this.#load(authority);
    for (const exchange of this.#known.values()) {
      if (identifiesCertificate(rid, exchange.certificate)) return exchange;
    }
    return undefined;
  }

  async #make(authority: Authority): Promise<ExchangeKey> {
    const made = await issueExchangeCertificate(authority);
    await this.#remember(authority, made);
    this.#current = made;
    return made;
  }

  async #remember(authority: Authority, exchange: ExchangeKey): Promise<void> {
    const thumbprint = formatHex(await authority.ports.engine.digest('sha1', exchange.certificate.raw));
    this.#known.set(thumbprint, exchange);
  }

  /** Those that CAXchgCertHash lists and whose key is still in its provider. */
  async #load(authority: Authority): Promise<void> {
    const { database, engine, providers, stores } = authority.ports;
    const configuration = await readConfiguration(database);
    const hashes = new Set(
      configuration.strings('CAXchgCertHash').map((hash) => hash.replaceAll(' ', '').toLowerCase()),
    );
    for (const { certificate: raw, key } of await stores.list('My')) {
      const thumbprint = formatHex(await engine.digest('sha1', raw));
      if (!hashes.has(thumbprint) || key === undefined) continue;
      const exchange = {
        certificate: decodeCertificate(raw),
        key: await providers.byName(key.provider).openKey(key.container, key.keySpec),
      };
      this.#known.set(thumbprint, exchange);
      const end = exchange.certificate.tbsCertificate.validity.notAfter;
      if (this.#current === undefined || end > this.#current.certificate.tbsCertificate.validity.notAfter)
        this.#current = exchange;
    }
  }
}
