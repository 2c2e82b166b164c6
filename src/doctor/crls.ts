/** The CA's own CRLs: without a current one the CA issues nothing, and nobody trusts what it issued. */

import { newestCrl } from '#ca/crl/newest-crl';
import { CPF } from '#ca/schema/dispositions';
import { type Diagnosis, diagnosis } from './finding.ts';
import type { OwnKeys } from './own-keys.ts';
import type { DoctorPorts } from './ports.ts';

const FAILED =
  CPF.CASTORE_ERROR |
  CPF.BADURL_ERROR |
  CPF.SIGNATURE_ERROR |
  CPF.LDAP_ERROR |
  CPF.FILE_ERROR |
  CPF.FTP_ERROR |
  CPF.HTTP_ERROR |
  CPF.POSTPONED_BASE_LDAP_ERROR |
  CPF.POSTPONED_BASE_FILE_ERROR;

const cure = 'certutil -CRL';

/** One of each key that has a certificate in its life. */
export async function ownCrls(
  ports: Pick<DoctorPorts, 'clock' | 'database'>,
  { entries }: OwnKeys,
): Promise<Diagnosis[]> {
  const now = ports.clock.now();
  const lasting = entries.filter(({ hasEnded }) => !hasEnded);
  const found: Diagnosis[] = [];
  for (const keyIndex of new Set(lasting.map((own) => own.keyIndex))) {
    const name = `The CRL of key ${keyIndex}`;
    const crl = await newestCrl(ports.database, keyIndex);
    if (crl === undefined) {
      const symbol = 'CRYPT_E_REVOCATION_OFFLINE';
      found.push(diagnosis('error', 'crl-missing', `${name} was never published.`, { symbol, cure }));
      continue;
    }
    if (crl.nextUpdate <= now) {
      const symbol = 'CRYPT_E_REVOCATION_OFFLINE';
      found.push(diagnosis('error', 'crl-ended', `${name} ended ${crl.nextUpdate.toISOString()}.`, { symbol, cure }));
    } else if (crl.nextPublish !== undefined && crl.nextPublish <= now) {
      const text = `${name} is due since ${crl.nextPublish.toISOString()} and ends ${crl.nextUpdate.toISOString()}.`;
      found.push(diagnosis('warning', 'crl-ended', text, { cure }));
    }
    if ((crl.publishStatus & FAILED) === 0) continue;
    const text = `${name}, number ${crl.number}, could not be written to each of its places.`;
    found.push(
      diagnosis('warning', 'crl-unpublished', text, {
        cure: 'certhaven events --event 65 says which and why; certutil -CRL Republish tries again',
      }),
    );
  }
  return found;
}
