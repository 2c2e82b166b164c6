/** Choosing key recovery agents: the Recovery Agents page of the CA's properties. Takes effect at the next start. */
import { hresult } from '#hresult/hresult-error';
import { formatHex } from '#pki/asn1/bytes';
import { decodeCertificate } from '#pki/x509/certificate';
import { audit } from '../audit/audit.ts';
import type { Authority, Caller } from '../authority.ts';
import { authorize } from '../roles/authorize.ts';
import { requireKraUsage } from './check-kra.ts';

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
  const { clock, database, engine, stores } = authority.ports;
  const attempt = { event: 'propertyChanged', values: ['KRACert', '0', 'Binary', ''] } as const;
  const configuration = await authorize(authority, caller, ['Administrator'], attempt);
  if (!Number.isInteger(used) || used < 0 || used > certificates.length) {
    throw hresult('ERROR_INVALID_PARAMETER', `${used} of ${certificates.length} key recovery agents cannot be used.`, {
      hint: 'name more agents, or use fewer',
    });
  }
  const hashes: string[] = [];
  for (const raw of certificates) {
    requireKraUsage(decodeCertificate(raw));
    hashes.push(formatHex(await engine.digest('sha1', raw)));
  }
  if (new Set(hashes).size !== hashes.length)
    throw hresult('ERROR_INVALID_PARAMETER', 'A key recovery agent is named twice.');
  for (const raw of certificates) await stores.add('KRA', raw);
  const context = { time: clock.now(), subject: caller.accountName, configuration };
  await database.commit([
    { set: 'Registry', path: '', name: 'KRACertHash', value: { type: 'REG_MULTI_SZ', data: hashes } },
    { set: 'Registry', path: '', name: 'KRACertCount', value: { type: 'REG_DWORD', data: used } },
    ...audit(context, 'propertyChanged', ['KRACert', '0', 'Binary', hashes.join(' ')]),
    ...audit(context, 'propertyChanged', ['KRACertUsedCount', '0', 'Long', used]),
  ]);
}
