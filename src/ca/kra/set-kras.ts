/** Choosing key recovery agents: the Recovery Agents page of the CA's properties. Takes effect at the next start. */
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { decodeCertificate } from '#pki/x509/certificate';
import type { KeyRecoveryAgentsChange } from '../api.ts';
import { audit } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import type { Configuration } from '../config/configuration.ts';
import { plainHash } from '../config/plain-hash.ts';
import { authorize } from '../roles/authorize.ts';
import { requireKraUsage } from './check-kra.ts';

const ATTEMPT = { event: 'propertyChanged', values: ['KRACert', '0', 'Binary', ''] } as const;

/**
 * `used` 0 switches archival off. Throws ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER where more are to be used than named
 * (MS-CSRA 3.1.4.2.3 SetCAProperty), CERT_E_WRONG_USAGE for a certificate that is no key recovery agent's.
 */
export async function setKeyRecoveryAgents(
  authority: Authority,
  caller: Caller,
  certificates: readonly Uint8Array[],
  used: number,
): Promise<void> {
  const configuration = await authorize(authority, caller, ['Administrator'], ATTEMPT);
  await choose(authority, caller, configuration, { kept: [], added: certificates, used });
}

/**
 * Adds, removes, or changes the number alone. The first agent that is added switches archival on. Throws as
 * setKeyRecoveryAgents, and CRYPT_E_NOT_FOUND where one to be removed is not in the list.
 */
export async function changeKeyRecoveryAgents(
  authority: Authority,
  caller: Caller,
  { add, remove, used }: KeyRecoveryAgentsChange,
): Promise<{ readonly agents: number; readonly used: number }> {
  const configuration = await authorize(authority, caller, ['Administrator'], ATTEMPT);
  const before = configuration.strings('KRACertHash').map(plainHash);
  for (const thumbprint of remove)
    if (!before.includes(thumbprint))
      throw hresult('CRYPT_E_NOT_FOUND', `${thumbprint} is not among the key recovery agents.`, {
        hint: 'certhaven kra lists them',
      });
  const usedBefore = configuration.dword('KRACertCount') ?? 0;
  return choose(authority, caller, configuration, {
    kept: before.filter((thumbprint) => !remove.includes(thumbprint)),
    added: add,
    used: used ?? (before.length === 0 && add.length > 0 ? Math.max(usedBefore, 1) : usedBefore),
  });
}

async function choose(
  { ports: { clock, database, engine, stores } }: Authority,
  caller: Caller,
  configuration: Configuration,
  {
    kept,
    added,
    used,
  }: { readonly kept: readonly string[]; readonly added: readonly Uint8Array[]; readonly used: number },
): Promise<{ readonly agents: number; readonly used: number }> {
  const agents = kept.length + added.length;
  if (!Number.isInteger(used) || used < 0 || used > agents) {
    throw hresult('ERROR_INVALID_PARAMETER', `${used} of ${agents} key recovery agents cannot be used.`, {
      hint: 'name more agents, or use fewer',
    });
  }
  const hashes = [...kept];
  for (const raw of added) {
    requireKraUsage(decodeCertificate(raw));
    hashes.push(formatHex(await engine.digest('sha1', raw)));
  }
  if (new Set(hashes).size !== hashes.length)
    throw hresult('ERROR_INVALID_PARAMETER', 'A key recovery agent is named twice.');
  // What is removed from the list stays in the store: -getkey needs it for as long as keys are sealed to it.
  for (const raw of added) await stores.add('KRA', raw);
  const context = { time: clock.now(), subject: caller.accountName, configuration };
  await database.commit([
    { set: 'Registry', path: '', name: 'KRACertHash', value: { type: 'REG_MULTI_SZ', data: hashes } },
    { set: 'Registry', path: '', name: 'KRACertCount', value: { type: 'REG_DWORD', data: used } },
    ...audit(context, 'propertyChanged', ['KRACert', '0', 'Binary', hashes.join(' ')]),
    ...audit(context, 'propertyChanged', ['KRACertUsedCount', '0', 'Long', used]),
  ]);
  return { agents, used };
}
