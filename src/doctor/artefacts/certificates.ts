/** Life, strength and chain of a certificate, by what else is there. */
import type { Configuration } from '#ca/config/configuration';
import type { CryptoEngine } from '#pki/crypto/engine';
import { isSelfIssued } from '#pki/x509/certificate';
import { validatePath } from '#pki/x509/path/validate-path';
import { life, strength, validityPeriod } from '../ca-certificates.ts';
import { type Diagnosis, diagnosis, diagnosisOf } from '../finding.ts';
import type { HeldCertificate } from './held-certificates.ts';
import type { ListedCertificate } from './listed-certificates.ts';

export async function certificateFindings(
  { certificate, name, isNewest }: ListedCertificate,
  held: readonly HeldCertificate[],
  configuration: Configuration | undefined,
  engine: CryptoEngine,
  now: Date,
): Promise<Diagnosis[]> {
  const found = strength(certificate, name);
  const { notAfter } = certificate.tbsCertificate.validity;
  if (isNewest) {
    const ends = life(certificate, name, now);
    found.push(...ends);
    if (ends.length === 0 && configuration) found.push(...validityPeriod(certificate, name, now, configuration));
  } else if (notAfter < now) {
    const cure =
      'where -restoreKey leaves it out, write "-" for it in CACertHash, or the CA does not start (0x80090003)';
    found.push(diagnosis('note', 'ca-certificate-expired', `${name} ended ${notAfter.toISOString()}.`, { cure }));
  }
  const all = held.map((each) => each.certificate);
  const { errors } = await validatePath({
    certificate,
    candidates: all,
    trustAnchors: all.filter(isSelfIssued),
    // What has ended is told of above.
    time: notAfter < now ? notAfter : now,
    engine,
  });
  const [first] = errors.flat();
  if (first) {
    const text = `The chain of ${name}: ${first.message}`;
    found.push(
      diagnosisOf('warning', 'ca-chain', first, {
        text,
        cure: 'bring the certificates of the CAs above it: --cert FILE',
      }),
    );
  }
  return found;
}
