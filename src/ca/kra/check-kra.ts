/** Whether a certificate may be used as a key recovery agent's: document 004, "Key Recovery Agent Certificate". */
import { type HresultError, hresult } from '#hresult/hresult-error';
import { szOID_KP_KEY_RECOVERY_AGENT } from '#pki/asn1/oid-table';
import { publicKeyKind } from '#pki/crypto/public-key';
import type { Certificate } from '#pki/x509/certificate';
import { EXTENSIONS, extensionValue } from '#pki/x509/extensions/extension-table';
import { KEY_USAGE } from '#pki/x509/extensions/key-usage';
import { type ChainOwner, validateChain } from '../chain/validate-chain.ts';

/** KRA_DISP_*: the SDK's numbers (MS-WCCE prints 4 to 6 in another order). */
export const KRA_DISP = {
  EXPIRED: 0,
  NOTFOUND: 1,
  REVOKED: 2,
  VALID: 3,
  INVALID: 4,
  UNTRUSTED: 5,
  NOTLOADED: 6,
} as const;

/** Throws CERT_E_WRONG_USAGE for a certificate without the purpose, or whose key cannot be sealed to. */
export function requireKraUsage({ tbsCertificate: { extensions, subjectPublicKeyInfo } }: Certificate): void {
  const purposes = extensionValue(extensions, EXTENSIONS.extKeyUsage);
  if (!purposes?.includes(szOID_KP_KEY_RECOVERY_AGENT)) {
    throw hresult(
      'CERT_E_WRONG_USAGE',
      `The certificate lacks the purpose Key Recovery Agent (${szOID_KP_KEY_RECOVERY_AGENT}).`,
      { hint: 'enroll the agent by the template KeyRecoveryAgent' },
    );
  }
  const usage = extensionValue(extensions, EXTENSIONS.keyUsage);
  const needed =
    publicKeyKind(subjectPublicKeyInfo).type === 'rsa' ? KEY_USAGE.keyEncipherment : KEY_USAGE.keyAgreement;
  if (usage !== undefined && (usage & needed) === 0) {
    throw hresult('CERT_E_WRONG_USAGE', 'The key usage of the certificate does not allow keys to be sealed to it.');
  }
}

/** Purpose, life, chain and revocation. Throws what is wrong. */
export async function requireValidKra(authority: ChainOwner, certificate: Certificate): Promise<void> {
  requireKraUsage(certificate);
  await validateChain(authority, certificate);
}

export function kraDispositionOf(error: HresultError): number {
  switch (error.symbol) {
    case 'CRYPT_E_NOT_FOUND':
      return KRA_DISP.NOTFOUND;
    case 'CERT_E_EXPIRED':
      return KRA_DISP.EXPIRED;
    case 'CRYPT_E_REVOKED':
    case 'CERT_E_REVOKED':
      return KRA_DISP.REVOKED;
    case 'CERT_E_UNTRUSTEDROOT':
    case 'CERT_E_CHAINING':
      return KRA_DISP.UNTRUSTED;
    default:
      return KRA_DISP.INVALID;
  }
}
