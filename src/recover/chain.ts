import { HresultError } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { id_ce_authorityKeyIdentifier, id_ce_subjectKeyIdentifier } from '#pki/asn1/oid-table';
import type { CryptoEngine } from '#pki/crypto/engine';
import { type Certificate, isSelfIssued, isSignedBy } from '#pki/x509/certificate';
import { decodeAuthorityKeyIdentifier } from '#pki/x509/extensions/authority-key-identifier';
import { decodeSubjectKeyIdentifier } from '#pki/x509/extensions/subject-key-identifier';
import { isSameName } from '#pki/x509/name';
import { readableExtension } from '#pki/x509/readable-extension';

/** Longer ones do not occur; a bound keeps crafted sets of cross certificates from making work. */
const MAX_DEPTH = 16;
const MAX_SIGNATURES = 64;

/**
 * The certificate and those above it, as far as `candidates` reach: each signed by the next. Dates, revocation and
 * constraints do not count: a key recovered after years belongs to a chain that ran out (RFC 5280 §6 is for those who rely
 * on a certificate; here it is only carried along).
 */
export async function buildChain(
  certificate: Certificate,
  candidates: readonly Certificate[],
  engine: CryptoEngine,
): Promise<readonly Certificate[]> {
  const chain = [certificate];
  let tries = MAX_SIGNATURES;
  for (let last = certificate; chain.length < MAX_DEPTH; ) {
    if (isSelfIssued(last) && (await isVerifiablySignedBy(last, last, engine))) break;
    let issuer: Certificate | undefined;
    for (const candidate of possibleIssuers(last, candidates)) {
      if (chain.some(({ raw }) => isSameBytes(raw, candidate.raw)) || tries-- <= 0) continue;
      if (await isVerifiablySignedBy(last, candidate, engine)) {
        issuer = candidate;
        break;
      }
    }
    if (!issuer) break;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

/** True where the chain ends in a certificate that signed itself: whether it is trusted is for its reader to say. */
export async function endsInRoot(chain: readonly Certificate[], engine: CryptoEngine): Promise<boolean> {
  const last = chain.at(-1);
  return last !== undefined && isSelfIssued(last) && (await isVerifiablySignedBy(last, last, engine));
}

/** Those of the issuer's name; the ones whose key identifier fits first, those renewed last before older ones. */
function possibleIssuers(certificate: Certificate, candidates: readonly Certificate[]): Certificate[] {
  const { issuer, extensions } = certificate.tbsCertificate;
  const wanted = readableExtension(
    extensions,
    id_ce_authorityKeyIdentifier,
    decodeAuthorityKeyIdentifier,
  )?.keyIdentifier;
  const fits = (candidate: Certificate): boolean => {
    const own = readableExtension(
      candidate.tbsCertificate.extensions,
      id_ce_subjectKeyIdentifier,
      decodeSubjectKeyIdentifier,
    );
    return wanted !== undefined && own !== undefined && isSameBytes(wanted, own);
  };
  return candidates
    .filter(({ tbsCertificate }) => isSameName(tbsCertificate.subject, issuer))
    .map((candidate) => ({ candidate, fits: fits(candidate) }))
    .sort(
      (a, b) =>
        Number(b.fits) - Number(a.fits) ||
        b.candidate.tbsCertificate.validity.notAfter.getTime() - a.candidate.tbsCertificate.validity.notAfter.getTime(),
    )
    .map(({ candidate }) => candidate);
}

/** A signature by an algorithm or key nobody here can try joins nothing. */
async function isVerifiablySignedBy(
  certificate: Certificate,
  issuer: Certificate,
  engine: CryptoEngine,
): Promise<boolean> {
  try {
    return await isSignedBy(certificate, issuer.tbsCertificate.subjectPublicKeyInfo, engine);
  } catch (error) {
    if (error instanceof HresultError) return false;
    throw error;
  }
}
