/** What a door needs to have a CA looked at. */
import type { Diagnosis } from './finding.ts';

export type { Diagnosis, Finding } from './finding.ts';

export interface Examination {
  /** `HOST\CA`; undefined where that cannot be said. */
  readonly config: string | undefined;
  /** The worst first. */
  readonly findings: readonly Diagnosis[];
}

/** What somebody has of a CA. */
export interface CaFiles {
  readonly pfx: readonly { readonly name: string; readonly bytes: Uint8Array; readonly password: string }[];
  /** DER. */
  readonly certificates: readonly Uint8Array[];
  /** A registration file of its CertSvc\Configuration key. */
  readonly registry: Uint8Array | undefined;
}
