/** What a door needs to move the keys of this machine's CA. */
import type { Finding } from '#doctor/finding';
import type { MigrationPlan } from './plan.ts';

export type { Finding } from '#doctor/finding';
export type { KeyMove, KeyPlace, MigrationPlan } from './plan.ts';

/** Told of each step that is done. */
export type Progress = (step: string) => void;

export interface MigrationRequest {
  /** A provider's name, or an alias. */
  readonly to: string;
  /** `SHA256`, from the move on; as it is now where it is left out. */
  readonly hash: string | undefined;
  /** The keys may not leave their new provider. */
  readonly noExport: boolean;
  /** The folder the backup goes to; the machine's own where it is left out. */
  readonly backup: string | undefined;
}

export interface Migration {
  /** What stands in the way, and what would be done. Changes nothing. */
  readonly findings: readonly Finding[];
  readonly plan: MigrationPlan | undefined;
  /** The PFX that the backup would be. */
  readonly backup: string;
  /**
   * Carries the plan out. Throws what failed, with everything as it was. Answers the old keys that were left, and why.
   */
  move(options: {
    readonly password: string;
    readonly wipesBackup: boolean;
    readonly progress: Progress;
  }): Promise<MoveResult>;
  close(): Promise<void>;
}

export interface MoveResult {
  readonly kept: readonly { readonly provider: string; readonly container: string; readonly why: string }[];
}

/** The keys of the CA of this machine, which must not run meanwhile. */
export interface KeyMigration {
  /** Throws ERROR_SHARING_VIOLATION while the CA runs, ERROR_ACCESS_DENIED, ERROR_BUSY where a move was begun and not ended. */
  plan(request: MigrationRequest): Promise<Migration>;
  /** Goes on with a move that a crash ended. `password` is asked for where the backup has yet to be made. */
  resume(password: () => Promise<string>, progress: Progress): Promise<MoveResult>;
  /** Takes it back. */
  undo(progress: Progress): Promise<void>;
  /** Overwrites and removes a PFX. Throws ERROR_FILE_NOT_FOUND, ERROR_INVALID_DATA. */
  wipe(path: string): Promise<void>;
}
