/**
 * Revocation of the CA's own chain: without a current CRL of itself or of a CA above it a CA issues nothing (document 004,
 * "User Enrollment Errors"), because nobody could check what it issued.
 */
import { hresult } from '#hresult/hresult-error';
import type { Authority } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import { CRLF } from '../config/registry-flags.ts';
import { chainResult } from './validate-chain.ts';

/** How long an answer holds in milliseconds: a CA above this one may revoke it at any time. */
const RECHECK = 5 * 60_000;

type OwnAuthority = Pick<Authority, 'ports' | 'certificates' | 'current'>;

/** A good answer is kept for a while; a bad one, or one that passed over something, never: what was cured counts at once. */
export class OwnRevocation {
  #good: { readonly from: number; readonly until: number } | undefined;

  /**
   * Throws CRYPT_E_REVOCATION_OFFLINE unless CRLF_REVCHECK_IGNORE_OFFLINE is set, CRYPT_E_REVOKED, and whatever else speaks
   * against the chain; nothing under CRLF_DISABLE_CHAIN_VERIFICATION.
   */
  async require(authority: OwnAuthority, configuration: Configuration): Promise<void> {
    if (configuration.hasFlag('CRLFlags', CRLF.DISABLE_CHAIN_VERIFICATION)) return;
    const now = authority.ports.clock.now().getTime();
    if (this.#good && this.#good.from <= now && now < this.#good.until) return;
    const ignoresOffline = configuration.hasFlag('CRLFlags', CRLF.REVCHECK_IGNORE_OFFLINE);
    const { errors } = await chainResult(authority, authority.current.certificate);
    const [first] = errors.flat().filter(({ symbol }) => !(ignoresOffline && symbol === 'CRYPT_E_REVOCATION_OFFLINE'));
    if (first) throw first;
    if (ignoresOffline) return;
    const nextUpdate = await ownNextUpdate(authority);
    if (nextUpdate === undefined || nextUpdate.getTime() <= now) {
      const what = nextUpdate ? `ended ${nextUpdate.toISOString()}` : 'was never published';
      throw hresult('CRYPT_E_REVOCATION_OFFLINE', `The CA's own CRL ${what}.`);
    }
    this.#good = { from: now, until: Math.min(now + RECHECK, nextUpdate.getTime()) };
  }
}

/** Of the newest CRL under the key that signs now (CRLNameId: key index, then certificate index). */
async function ownNextUpdate({ ports: { database }, current }: OwnAuthority): Promise<Date | undefined> {
  for await (const row of database.view({
    table: 'CRLs',
    columns: ['CRLNextUpdate'],
    restrictions: [
      { column: 'CRLEffective', operator: '!=', value: null },
      { column: 'CRLNameId', operator: '>=', value: current.keyIndex * 0x10000 },
      { column: 'CRLNameId', operator: '<', value: (current.keyIndex + 1) * 0x10000 },
    ],
    sort: { column: 'CRLNumber', descending: true },
    limit: 1,
  })) {
    return (row.get('CRLNextUpdate') as Date | null) ?? undefined;
  }
  return undefined;
}
