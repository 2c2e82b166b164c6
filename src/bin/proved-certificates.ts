/** Which certificates of a renewed CA the ones that are trusted already prove to be its own. */
import { isSameBytes } from '#pki/asn1/bytes';
import type { CryptoEngine } from '#pki/crypto/engine';
import { type Certificate, decodeCertificate, isSignedBy } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { isSameName } from '#pki/x509/name';

/**
 * `trusted`, and behind it those of `candidates` that follow: under the CA's name, self-signed, by a key that is trusted or that
 * one of `crossCertificates` certifies under a trusted key. All are DER. Throws Asn1Error for what is no certificate.
 */
export async function provedCertificates(
  trusted: readonly Uint8Array[],
  candidates: readonly Uint8Array[],
  crossCertificates: readonly Uint8Array[],
  engine: CryptoEngine,
): Promise<Uint8Array[]> {
  const proved = trusted.map(decodeCertificate);
  const crosses = crossCertificates.map(decodeCertificate);
  const open = candidates.map(decodeCertificate);
  // The oldest first: each key vouches for the next.
  for (const candidate of open.toReversed()) {
    if (proved.some(({ raw }) => isSameBytes(raw, candidate.raw))) continue;
    if (!isSameName(subjectOf(candidate), subjectOf(proved[0]!))) continue;
    if (!(await isSignedBy(candidate, keyInfoOf(candidate), engine))) continue;
    if (await isVouchedFor(candidate, proved, crosses, engine)) proved.push(candidate);
  }
  return proved.map(({ raw }) => raw);
}

async function isVouchedFor(
  candidate: Certificate,
  proved: readonly Certificate[],
  crosses: readonly Certificate[],
  engine: CryptoEngine,
): Promise<boolean> {
  for (const anchor of proved) {
    if (isSameBytes(keyInfoOf(anchor).raw, keyInfoOf(candidate).raw)) return true;
    for (const cross of crosses) {
      const isAboutIt =
        isSameBytes(keyInfoOf(cross).raw, keyInfoOf(candidate).raw) &&
        isSameName(subjectOf(cross), subjectOf(candidate));
      if (isAboutIt && isCertificationAuthority(cross) && (await isSignedBy(cross, keyInfoOf(anchor), engine)))
        return true;
    }
  }
  return false;
}

function isCertificationAuthority({ tbsCertificate }: Certificate): boolean {
  return extensionValue(tbsCertificate.extensions, EXTENSIONS.basicConstraints)?.cA === true;
}

function subjectOf({ tbsCertificate }: Certificate) {
  return tbsCertificate.subject;
}

function keyInfoOf({ tbsCertificate }: Certificate) {
  return tbsCertificate.subjectPublicKeyInfo;
}
