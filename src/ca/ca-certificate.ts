import type { SignatureScheme } from '#pki/crypto/engine';
import type { ProviderKey } from '#pki/crypto/key-provider';
import type { Certificate } from '#pki/x509/certificate';

/** One of the CA's own certificates. The newest is the last; all of them stay usable. */
export interface CaCertificate {
  readonly index: number;
  /** The index of the certificate that first had this key. */
  readonly keyIndex: number;
  readonly certificate: Certificate;
  /** SHA-1, lower-case hex. */
  readonly thumbprint: string;
  /** Undefined where the key cannot be had; such a certificate only verifies. */
  readonly key: ProviderKey | undefined;
}

/** The certificate and key that sign today. */
export interface CurrentCa {
  readonly index: number;
  readonly keyIndex: number;
  readonly certificate: Certificate;
  readonly key: ProviderKey;
  readonly scheme: SignatureScheme;
}
