import type { Authority } from '../authority.ts';
import type { CurrentCa } from '../ca-certificate.ts';
import { signatureSchemeOf } from '../config/ca-signature-scheme.ts';

/**
 * Who signs CRLs: each key of the CA, under the newest certificate that has it, in the order of the keys. What a key signed
 * is revoked on the CRL of that key (MS-CSRA 3.1.4.2.1); once its last certificate has ended nothing is left to revoke. The
 * current certificate is among them whatever its life: `requireOwnLife` speaks for it.
 */
export function crlIssuers({ certificates, current, ports, started }: Authority): CurrentCa[] {
  const now = ports.clock.now();
  const newest = new Map<number, CurrentCa>();
  for (const { index, keyIndex, certificate, key } of certificates) {
    if (key === undefined || certificate.tbsCertificate.validity.notAfter < now) continue;
    newest.set(keyIndex, { index, keyIndex, certificate, key, scheme: signatureSchemeOf(started, key.publicKey) });
  }
  newest.set(current.keyIndex, current);
  return [...newest.values()].sort((a, b) => a.keyIndex - b.keyIndex);
}
