import type { Attribute } from '../cms/attribute.ts';
import type { KeyUsage } from '../x509/extensions/key-usage.ts';

export interface PfxKey {
  /** DER PrivateKeyInfo with its own attributes as the file has them; whoever opened the file wipes it. */
  readonly pkcs8: Uint8Array;
  readonly localKeyId: Uint8Array | undefined;
  /** Under Windows the name of the key's container. */
  readonly friendlyName: string | undefined;
  /** The CSP or KSP the key was in. */
  readonly cspName: string | undefined;
  /** The key was the machine's and not a user's. */
  readonly machineKeyset: boolean;
  /** KEY_USAGE bits of the attribute inside PrivateKeyInfo, from which Windows tells AT_KEYEXCHANGE and AT_SIGNATURE. */
  readonly keySpecBits: KeyUsage | undefined;
  /** All of the bag, as they stand there. */
  readonly attributes: readonly Attribute[];
}

export interface PfxCertificate {
  /** DER Certificate. */
  readonly certificate: Uint8Array;
  readonly localKeyId: Uint8Array | undefined;
  readonly friendlyName: string | undefined;
  /** Windows' extended properties by their CERT_*_PROP_ID. */
  readonly properties: ReadonlyMap<number, Uint8Array>;
  /** All of the bag, as they stand there. */
  readonly attributes: readonly Attribute[];
}

/** What a PFX holds, in its order. */
export interface PfxContents {
  readonly keys: readonly PfxKey[];
  readonly certificates: readonly PfxCertificate[];
  /** DER CertificateLists. */
  readonly crls: readonly Uint8Array[];
}
