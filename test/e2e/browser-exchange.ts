/** What the page of the browser test and its server tell each other; bytes as hexadecimal text. */
import type { KeyTransport, SignatureScheme } from '#pki/crypto/engine';

export const SCHEMES: readonly SignatureScheme[] = [
  { name: 'rsa-pkcs1', digest: 'sha256' },
  { name: 'rsa-pkcs1', digest: 'md5' },
  { name: 'rsa-pss', digest: 'sha256', saltLength: 32 },
];

export const TRANSPORTS: readonly KeyTransport[] = [{ name: 'rsa-pkcs1' }, { name: 'rsa-oaep', digest: 'sha1' }];

/** Chromium has no AES of this length. */
export const CIPHER = { name: 'aes-cbc', keyLength: 24 } as const;

export const SIGNED = new TextEncoder().encode('signed in the browser');

export interface Given {
  readonly rsaPkcs8: string;
  readonly ecPkcs8: string;
  readonly ecPeer: string;
  /** A key of CIPHER under the RSA key, by each of TRANSPORTS. */
  readonly sealedKeys: readonly string[];
  readonly contentKey: string;
  readonly sealedContent: string;
}

export interface Results {
  readonly userAgent: string;
  /** What failed in the suite. */
  readonly faults: readonly string[];
  readonly checks: number;
  /** By each of SCHEMES. */
  readonly signatures: readonly string[];
  readonly ecSignature: string;
  readonly openedKeys: readonly string[];
  /** SIGNED under the RSA key, by each of TRANSPORTS. */
  readonly sealedKeys: readonly string[];
  readonly agreed: string;
  readonly openedContent: string;
}
