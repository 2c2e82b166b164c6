/**
 * The CA exchange certificate: clients seal private keys to it. Short-lived, issued by the CA to itself, its key in the
 * provider that EncryptionCSP names. MS-WCCE 3.2.1.4.3.2.15.
 */
import { HresultError } from '#hresult/hresult-error';
import { identifiesCertificate } from '#pki/cms/certificate-match';
import type { RecipientIdentifier } from '#pki/cms/recipient-info';
import type { ProviderKey } from '#pki/crypto/key-provider';
import { type Certificate, isSignedBy } from '#pki/x509/certificate';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import type { Authority } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { addPeriod } from '../config/period.ts';
import type { CaDatabase } from '../ports.ts';
import { DB_DISP } from '../schema/dispositions.ts';
import { findTemplate } from '../template/matching.ts';
import { exchangePeriods } from './exchange-template.ts';
import { issueExchangeCertificate } from './issue-exchange-certificate.ts';
import { removeStaleExchangeKeys } from './stale-keys.ts';
import { storedExchangeKeys, thumbprintsToKeep } from './stored-keys.ts';

export interface ExchangeKey {
  readonly certificate: Certificate;
  readonly key: ProviderKey;
  /** Of its row; undefined where the database does not know it. */
  readonly requestId: number | undefined;
}

export class ExchangeKeys {
  #known: ExchangeKey[] | undefined;
  #loading: Promise<ExchangeKey[]> | undefined;
  #coming: Promise<ExchangeKey> | undefined;
  #told: string | undefined;

  /**
   * The one to hand out; a new one is made inside the overlap period, so that no client gets one about to end.
   * `caller` is the account that asked, for the row of a new one. Event 96 tells that none could be made.
   */
  async current(authority: Authority, caller: string): Promise<ExchangeKey> {
    const { database, engine } = authority.ports;
    const { subjectPublicKeyInfo } = authority.current.certificate.tbsCertificate;
    for (const exchange of (await this.#load(authority)).toReversed()) {
      // Clients take none that another key than the CA's newest has signed, and none that somebody revoked.
      if (
        (await isFresh(authority, exchange)) &&
        (await isSignedBy(exchange.certificate, subjectPublicKeyInfo, engine)) &&
        !(await isRevoked(database, exchange))
      )
        return exchange;
    }
    // Callers that arrive while one is being made share it.
    this.#coming ??= this.#make(authority, caller).finally(() => {
      this.#coming = undefined;
    });
    return this.#coming;
  }

  /** The exchange key a message is sealed to, also one that was replaced, for as long as its certificate lasts. */
  async find(authority: Authority, rid: RecipientIdentifier): Promise<ExchangeKey | undefined> {
    const { clock, database } = authority.ports;
    const found = (await this.#load(authority)).find(({ certificate }) => identifiesCertificate(rid, certificate));
    const isUsable = found && isWithin(found, clock.now()) && !(await isRevoked(database, found));
    return isUsable ? found : undefined;
  }

  /**
   * Removes what ended, and what a crash left between key and certificate. What cannot be removed now is tried again the
   * next time, and keeps nobody from his work.
   */
  async removeStale(authority: Authority): Promise<void> {
    try {
      await this.#removeStale(authority);
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
    }
  }

  async #removeStale(authority: Authority): Promise<void> {
    const now = authority.ports.clock.now();
    const known = await this.#load(authority);
    const kept = known.filter((exchange) => isWithin(exchange, now));
    for (const exchange of known) if (!kept.includes(exchange)) exchange.key.close();
    known.splice(0, known.length, ...kept);
    await removeStaleExchangeKeys(authority, await thumbprintsToKeep(authority, kept));
  }

  close(): void {
    for (const { key } of this.#known ?? []) key.close();
    this.#known = undefined;
  }

  async #make(authority: Authority, caller: string): Promise<ExchangeKey> {
    const { clock } = authority.ports;
    try {
      const made = await issueExchangeCertificate(authority, caller);
      (await this.#load(authority)).push(made);
      this.#told = undefined;
      await this.removeStale(authority);
      return made;
    } catch (error) {
      if (!(error instanceof HresultError)) throw error;
      const event = applicationEvent(clock.now(), 96, dispositionOf(error), statusText(error));
      // Once, and not for every enrollee who asks while it lasts.
      if (event.text !== this.#told) await authority.unfinished.tell(authority, event);
      this.#told = event.text;
      throw error;
    }
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

function dispositionOf({ symbol }: HresultError): string {
  const isRefused = symbol === 'CERTSRV_E_TEMPLATE_DENIED' || symbol === 'CERTSRV_E_UNSUPPORTED_CERT_TYPE';
  return isRefused ? 'Denied by Policy Module' : 'Error Constructing or Publishing Certificate';
}

function isWithin({ certificate: { tbsCertificate } }: ExchangeKey, now: Date): boolean {
  return tbsCertificate.validity.notAfter >= now;
}

/** Not yet in its overlap period, which is never more than half of its life: a new one would end no later. */
async function isFresh(authority: Authority, exchange: ExchangeKey): Promise<boolean> {
  const { clock, database } = authority.ports;
  const now = clock.now();
  const { templates } = await authority.templates.read();
  const { overlap } = exchangePeriods(findTemplate(templates, 'CAExchange'), await readConfiguration(database));
  const { notBefore, notAfter } = exchange.certificate.tbsCertificate.validity;
  // One that has not begun was made while the clock was ahead.
  if (!isWithin(exchange, now) || notBefore > now) return false;
  // One that ends with the CA itself cannot be followed by a longer one.
  if (notAfter >= authority.current.certificate.tbsCertificate.validity.notAfter) return true;
  const half = (notAfter.getTime() - notBefore.getTime()) / 2;
  return notAfter.getTime() - now.getTime() > Math.min(addPeriod(now, overlap).getTime() - now.getTime(), half);
}

async function isRevoked(database: CaDatabase, { requestId }: ExchangeKey): Promise<boolean> {
  return requestId !== undefined && (await database.request(requestId))?.Disposition === DB_DISP.REVOKED;
}
