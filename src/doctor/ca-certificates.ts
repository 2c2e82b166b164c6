/** The CA's own certificates: life, chain, signature, length of their keys. */
import { type ChainOwner, validateChain } from '#ca/chain/validate-chain';
import type { Configuration } from '#ca/config/configuration';
import { addPeriod, parsePeriod } from '#ca/config/period';
import { HresultError } from '#hresult/hresult-error';
import { publicKeyKind } from '#pki/crypto/public-key';
import { signatureScheme } from '#pki/crypto/signature-algorithm';
import { type Certificate, isSelfIssued } from '#pki/x509/certificate';
import { attempt, type Diagnosis, diagnosis, diagnosisOf } from './finding.ts';
import { caCertificatesOf, type OwnEntry, type OwnKeys } from './own-keys.ts';

const DAY_MS = 86_400_000;

/** A certificate that ends within it is worth a warning. */
export const ENDS_SOON_MS = 30 * DAY_MS;

export async function caCertificates(
  ports: ChainOwner['ports'],
  own: OwnKeys,
  configuration: Configuration,
): Promise<Diagnosis[]> {
  const newest = own.entries.at(-1);
  if (!newest?.isNewest) return [];
  const { certificate } = newest.entry;
  const found = await lifeAndChain(ports, own);
  if (found.every(({ code }) => code === 'ca-chain'))
    found.push(...validityPeriod(certificate, nameOf(newest), ports.clock.now(), configuration));
  return [...found, ...strength(certificate, nameOf(newest))];
}

/** Of the newest certificate. */
export async function lifeAndChain(ports: ChainOwner['ports'], own: OwnKeys): Promise<Diagnosis[]> {
  const newest = own.entries.at(-1);
  if (!newest?.isNewest) return [];
  const { certificate } = newest.entry;
  const found = life(certificate, nameOf(newest), ports.clock.now());
  if (newest.hasEnded) return found;
  const chain = await attempt(() => validateChain({ ports, certificates: caCertificatesOf(own) }, certificate));
  if (chain instanceof HresultError) {
    const text = `The chain of ${nameOf(newest)}: ${chain.message}`;
    const cure = CHAIN_CURES[chain.symbol] ?? chain.hint;
    found.push(diagnosisOf('warning', 'ca-chain', chain, { text, ...(cure === undefined ? {} : { cure }) }));
  }
  return found;
}

const CHAIN_CURES: Partial<Record<HresultError['symbol'], string>> = {
  CERT_E_UNTRUSTEDROOT: 'certutil -addstore Root FILE, with the certificate of the root',
  CERT_E_CHAINING: 'certutil -addstore CA FILE, with the certificates of the CAs above it',
  CRYPT_E_REVOCATION_OFFLINE: 'have the CA above it publish a CRL, and see that it is found where the certificate says',
};

function nameOf({ index }: OwnEntry): string {
  return `CA certificate ${index}`;
}

export function life(certificate: Certificate, name: string, now: Date): Diagnosis[] {
  const { notAfter } = certificate.tbsCertificate.validity;
  const end = notAfter.toISOString();
  if (notAfter < now) {
    const symbol = 'CERT_E_EXPIRED';
    const cure = 'certutil -renewCert ReuseKeys, or without ReuseKeys for a new key';
    return [diagnosis('error', 'ca-certificate-expired', `${name} ended ${end}.`, { symbol, cure })];
  }
  if (notAfter.getTime() - now.getTime() >= ENDS_SOON_MS) return [];
  return [diagnosis('warning', 'ca-certificate-ends', `${name} ends ${end}.`, { cure: 'certutil -renewCert' })];
}

/** What the CA issues cannot outlive it. */
export function validityPeriod(
  certificate: Certificate,
  name: string,
  now: Date,
  configuration: Configuration,
): Diagnosis[] {
  const { notAfter } = certificate.tbsCertificate.validity;
  const unit = configuration.string('ValidityPeriod');
  const count = configuration.dword('ValidityPeriodUnits');
  if (unit === undefined || count === undefined || addPeriod(now, parsePeriod(unit, count)) <= notAfter) return [];
  const text = `${name} ends ${notAfter.toISOString()}: what it issues ends with it, before the ${count} ${unit} of CA\\ValidityPeriod.`;
  return [diagnosis('note', 'ca-certificate-ends', text, { cure: 'certutil -renewCert' })];
}

/** NIST SP 800-131A: RSA under 2048 bits and SHA-1 are no longer signed with. A root's own signature proves nothing either way. */
export function strength(certificate: Certificate, name: string): Diagnosis[] {
  const found: Diagnosis[] = [];
  const { subjectPublicKeyInfo } = certificate.tbsCertificate;
  const kind = publicKeyKind(subjectPublicKeyInfo);
  const bits = kind.type === 'rsa' ? kind.modulus.length * 8 : undefined;
  if (bits !== undefined && bits < 2048) {
    const text = `The key of ${name} has ${bits} bits, which is no longer enough.`;
    found.push(diagnosis('warning', 'ca-key-short', text, { cure: 'certutil -renewCert makes a new key' }));
  }
  const { digest } = signatureScheme(certificate.signatureAlgorithm);
  if (!isSelfIssued(certificate) && (digest === 'sha1' || digest === 'md5')) {
    const text = `${name} is signed with ${digest.toUpperCase()}, which programs refuse.`;
    found.push(diagnosis('warning', 'certificate-sha1', text, { cure: 'have the CA above sign it anew, with SHA-2' }));
  }
  return found;
}
