/**
 * Revocation of the CA's own chain: without a current CRL of itself or of a CA above it a CA issues nothing (document 004,
 * "User Enrollment Errors"), because nobody could check what it issued.
 */
import { HresultError, hresult } from '#hresult/hresult-error';
import type { Authority } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import { CRLF } from '../config/registry-flags.ts';
import { newestCrl } from '../crl/newest-crl.ts';
import { publishDueCrl } from '../crl/publish-due.ts';
import { chainResult } from './validate-chain.ts';

/** How long an answer holds in milliseconds: a CA above this one may revoke it at any time. */
const RECHECK = 5 * 60_000;

/** A good answer is kept for a while; a bad one, or one that passed over something, never: what was cured counts at once. */
export class OwnRevocation {
  #good: { readonly from: number; readonly until: number } | undefined;

  /** There is a new CRL, which may end before the one that the answer rests on. */
  forget(): void {
    this.#good = undefined;
  }

  /**
   * A CRL of its own that is due is published first. Throws CRYPT_E_REVOCATION_OFFLINE unless CRLF_REVCHECK_IGNORE_OFFLINE
   * is set, CRYPT_E_REVOKED, and whatever else speaks against the chain; nothing under CRLF_DISABLE_CHAIN_VERIFICATION.
   */
  async require(authority: Authority, configuration: Configuration): Promise<void> {
    if (configuration.hasFlag('CRLFlags', CRLF.DISABLE_CHAIN_VERIFICATION)) return;
    const now = authority.ports.clock.now().getTime();
    if (this.#good && this.#good.from <= now && now < this.#good.until) return;
    const ignoresOffline = configuration.hasFlag('CRLFlags', CRLF.REVCHECK_IGNORE_OFFLINE);
    const { errors } = await chainResult(authority, authority.current.certificate);
    const [first] = errors.flat().filter(({ symbol }) => !(ignoresOffline && symbol === 'CRYPT_E_REVOCATION_OFFLINE'));
    if (first) throw first;
    if (ignoresOffline) return;
    await publishDueCrl(authority).catch(unlessRefused);
    const crl = await newestCrl(authority.ports.database, authority.current.keyIndex);
    if (crl === undefined) throw notCurrent('was never published');
    const [begin, end] = [crl.thisUpdate.getTime(), crl.nextUpdate.getTime()];
    if (end <= now) throw notCurrent(`ended ${crl.nextUpdate.toISOString()}`);
    if (begin > now)
      throw notCurrent(`begins ${crl.thisUpdate.toISOString()}, and it is ${new Date(now).toISOString()}`);
    this.#good = { from: now, until: Math.min(now + RECHECK, end) };
  }
}

function notCurrent(why: string): HresultError {
  return hresult('CRYPT_E_REVOCATION_OFFLINE', `The CA's own CRL ${why}.`);
}

/** Event 130 has told why no CRL was made; the one that ends refuses on its own. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof HresultError)) throw error;
}
