/** What the files of a CA hold: its certificates, with their keys where a PFX has them. */
import { formatHex, isSameBytes } from '#pki/asn1/bytes';
import type { CryptoEngine } from '#pki/crypto/engine';
import { wipe } from '#pki/crypto/engine';
import { publicKeyKind } from '#pki/crypto/public-key';
import { keySpecOfUsage } from '#pki/keyblob/key-usage-attribute';
import { openPfx } from '#pki/pkcs12/open';
import { pairKeys } from '#pki/pkcs12/pair-keys';
import type { PfxKey } from '#pki/pkcs12/pfx-contents';
import { type Certificate, decodeCertificate, thumbprint } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import type { CaFiles } from '../api.ts';
import { type Diagnosis, diagnosis } from '../finding.ts';

/** What a PFX says of a key, without the key. */
export type HeldKey = Pick<PfxKey, 'cspName' | 'friendlyName' | 'machineKeyset'> & {
  readonly file: string;
  /** What an importer into a CSP would record. */
  readonly keySpec: 1 | 2 | undefined;
};

export interface HeldCertificate {
  readonly certificate: Certificate;
  /** SHA-1, lower-case hex. */
  readonly thumbprint: string;
  readonly key: HeldKey | undefined;
}

export interface Held {
  readonly certificates: readonly HeldCertificate[];
  readonly findings: readonly Diagnosis[];
}

/**
 * A PFX may have a key without its certificate, which then is among those that came by themselves. The keys are wiped at once.
 * Throws as openPfx, and Asn1Error for what is no certificate.
 */
export async function heldCertificates({ pfx, certificates }: CaFiles, engine: CryptoEngine): Promise<Held> {
  const held = new Map<string, HeldCertificate>();
  const findings: Diagnosis[] = [];
  const hold = async (der: Uint8Array, key?: HeldKey) => {
    const certificate = decodeCertificate(der);
    const hash = formatHex(await thumbprint(certificate, engine));
    held.set(hash, { certificate, thumbprint: hash, key: key ?? held.get(hash)?.key });
  };
  for (const { name, bytes, password } of pfx) {
    const contents = await openPfx(bytes, password, engine);
    try {
      const beside = certificates.map((certificate) => ({ ...BARE, certificate }));
      const { pairs, others } = pairKeys({ ...contents, certificates: [...contents.certificates, ...beside] });
      for (const { key, certificates: ofKey } of pairs) {
        const { cspName, friendlyName, machineKeyset, keySpecBits, localKeyId } = key;
        const kept = { file: name, cspName, friendlyName, machineKeyset, keySpec: keySpecOfUsage(keySpecBits) };
        for (const { certificate } of ofKey) await hold(certificate, kept);
        const container = friendlyName ?? 'without a name';
        const misnamed = others.find(
          (other) => other.localKeyId && localKeyId && isSameBytes(other.localKeyId, localKeyId),
        );
        if (misnamed) {
          const { subject } = decodeCertificate(misnamed.certificate).tbsCertificate;
          const text = `${name}: the key ${container} is said to be that of ${formatName(subject)}, and is another.`;
          findings.push(diagnosis('error', 'ca-key-mismatch', text, { symbol: 'NTE_BAD_KEY', cure: 'export it anew' }));
        } else if (ofKey.length === 0) {
          const text = `${name}: no certificate is of the key ${container}.`;
          const cure = '--cert FILE names its certificate: certutil -ca.cert FILE on the machine of the CA writes it';
          findings.push(diagnosis('note', 'key-without-certificate', text, { cure }));
        }
      }
      for (const { certificate } of others) await hold(certificate);
    } finally {
      wipe(...contents.keys.map(({ pkcs8 }) => pkcs8));
    }
  }
  for (const der of certificates) await hold(der);
  return { certificates: [...held.values()], findings };
}

/** What a certificate is without a PFX around it. */
const BARE = {
  localKeyId: undefined,
  friendlyName: undefined,
  properties: new Map<number, Uint8Array>(),
  attributes: [],
};

/** Elliptic curve keys only sign: AT_SIGNATURE says nothing of them. */
export function isRsa({ tbsCertificate }: Certificate): boolean {
  return publicKeyKind(tbsCertificate.subjectPublicKeyInfo).type === 'rsa';
}
