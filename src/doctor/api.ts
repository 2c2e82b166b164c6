/** What a door needs to have a CA looked at. */
import type { Diagnosis } from './finding.ts';

export type { Diagnosis, Finding } from './finding.ts';

export interface Examination {
  /** `HOST\\CA`; undefined where that cannot be said. */
  readonly config: string | undefined;
  /** The worst first. */
  readonly findings: readonly Diagnosis[];
}
