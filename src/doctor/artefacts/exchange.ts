/** The CA exchange certificates that an exported configuration names: clients seal the keys to them that they have archived. */
import type { Configuration } from '#ca/config/configuration';
import { plainHash } from '#ca/config/plain-hash';
import { type Diagnosis, diagnosis } from '../finding.ts';
import type { HeldCertificate } from './held-certificates.ts';
import { isHash } from './listed-certificates.ts';

/** A CA without its newest one makes another, so that no more than a note is due; older ones have served. */
export function exchangeFindings(
  configuration: Configuration,
  held: readonly HeldCertificate[],
  hasKeys: boolean,
  now: Date,
): Diagnosis[] {
  const hashes = configuration.strings('CAXchgCertHash').map(plainHash);
  const newest = hashes.findLastIndex((hash) => hash !== '-');
  const found: Diagnosis[] = [];
  const add = (text: string) => {
    const cure =
      'certutil -CAInfo xchg has the CA make another; a request that was sealed to the old one is to be made anew';
    found.push(diagnosis('note', 'exchange-key', text, { cure }));
  };
  for (const [index, hash] of hashes.entries()) {
    if (hash === '-') continue;
    const name = `CA exchange certificate ${index} (${hash})`;
    const certificate = held.find(({ thumbprint }) => thumbprint === hash);
    if (!isHash(hash)) add(`${name} of CAXchgCertHash is no hash.`);
    else if (certificate === undefined) {
      if (index === newest && held.length > 0) add(`${name} of CAXchgCertHash is in none of the files.`);
    } else if (
      hasKeys &&
      certificate.key === undefined &&
      certificate.certificate.tbsCertificate.validity.notAfter > now
    ) {
      add(`No PFX has the key of ${name}.`);
    }
  }
  return found;
}
