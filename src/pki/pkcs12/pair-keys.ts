import { HresultError } from '#hresult/hresult-error';
import { isSameBytes } from '../asn1/bytes.ts';
import { computePublicKey, publicKeyToken } from '../keyblob/public-key-match.ts';
import { decodeCertificate } from '../x509/certificate.ts';
import type { PfxCertificate, PfxContents, PfxKey } from './pfx-contents.ts';

export interface PfxKeyPair {
  readonly key: PfxKey;
  /** Those of the same localKeyID first. Empty for a key alone; more than one where a key was renewed. */
  readonly certificates: readonly PfxCertificate[];
}

export interface PairedPfx {
  readonly pairs: readonly PfxKeyPair[];
  /** Certificates of no key here: the chain. */
  readonly others: readonly PfxCertificate[];
}

/**
 * Joins keys and certificates by localKeyID, then by the public key. Where both public keys can be read they must be one: a
 * localKeyID is only a name, and files merged from others use one twice. Throws Asn1Error for a malformed certificate.
 */
export function pairKeys({ keys, certificates }: Pick<PfxContents, 'keys' | 'certificates'>): PairedPfx {
  const byToken = Map.groupBy(certificates, tokenOfCertificate);
  const unreadable = byToken.get(undefined) ?? [];
  const taken = new Set<PfxCertificate>();
  const pairs = keys.map((key): PfxKeyPair => {
    const token = tryToken(key);
    const isNamed = ({ localKeyId }: PfxCertificate) =>
      localKeyId !== undefined && key.localKeyId !== undefined && isSameBytes(localKeyId, key.localKeyId);
    const ofKey =
      token === undefined
        ? certificates.filter(isNamed)
        : [...(byToken.get(token) ?? []), ...unreadable.filter(isNamed)];
    for (const one of ofKey) taken.add(one);
    return { key, certificates: [...ofKey.filter(isNamed), ...ofKey.filter((one) => !isNamed(one))] };
  });
  return { pairs, others: certificates.filter((one) => !taken.has(one)) };
}

function tokenOfCertificate({ certificate }: PfxCertificate): string | undefined {
  return publicKeyToken(decodeCertificate(certificate).tbsCertificate.subjectPublicKeyInfo.raw);
}

/** Undefined for a key of a kind that is not read here: its localKeyID alone tells its certificate. */
function tryToken({ pkcs8 }: PfxKey): string | undefined {
  try {
    return publicKeyToken(computePublicKey(pkcs8));
  } catch (error) {
    if (error instanceof HresultError) return undefined;
    throw error;
  }
}
