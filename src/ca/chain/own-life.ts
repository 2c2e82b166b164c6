import { hresult } from '#hresult/hresult-error';
import type { Certificate } from '#pki/x509/certificate';

/**
 * Outside of the life of its own certificate a CA neither starts nor signs (document 003): whatever it signed would be dated
 * before the CA was there or after it ended. Throws CERT_E_EXPIRED.
 */
export function requireOwnLife({ tbsCertificate: { validity } }: Certificate, now: Date): void {
  const { notBefore, notAfter } = validity;
  if (now >= notBefore && now <= notAfter) return;
  const life = `from ${notBefore.toISOString()} to ${notAfter.toISOString()}`;
  throw hresult('CERT_E_EXPIRED', `The CA's certificate is valid ${life}, and it is ${now.toISOString()}.`, {
    hint:
      now < notBefore ? 'set the clock of this machine' : 'look at the clock of this machine; renew the CA certificate',
  });
}
