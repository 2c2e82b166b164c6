/**
 * How far a move has come, on disk before the next step begins: whoever finds it after a crash goes on, or takes all of it
 * back. It holds names and public keys, never a private key or a password.
 */
import { isThere, removeFile } from '#files/durable-file';
import { readJsonFile, writeJsonFile } from '#files/json-file';
import { hresult } from '#hresult/hresult-error';
import type { MigrationPlan } from './plan.ts';
import type { MigrationPlaces } from './ports.ts';

/** In their order: what is done. From `cleaning` on there is no way back but another move. */
export const STEPS = ['planned', 'backed up', 'copied', 'switched', 'proved', 'cleaning'] as const;
export type Step = (typeof STEPS)[number];

export interface Journal {
  readonly step: Step;
  readonly plan: MigrationPlan;
  /** The PFX with all keys. */
  readonly backup: string;
  /** It goes once the keys are where they belong. */
  readonly wipesBackup: boolean;
  /** ISO 8601. */
  readonly begun: string;
}

export function isDone({ step }: Journal, wanted: Step): boolean {
  return STEPS.indexOf(step) >= STEPS.indexOf(wanted);
}

const HINT = 'restore the home of this machine from a backup';

export function readJournal({ journal }: Pick<MigrationPlaces, 'journal'>): Promise<Journal | undefined> {
  return readJsonFile<Journal>(journal, HINT);
}

export async function writeJournal({ journal }: Pick<MigrationPlaces, 'journal'>, content: Journal): Promise<void> {
  await writeJsonFile(journal, content);
}

export async function removeJournal({ journal }: Pick<MigrationPlaces, 'journal'>): Promise<void> {
  await removeFile(journal);
}

/** Throws ERROR_BUSY where a move was begun and not ended. */
export async function requireNoJournal({ journal }: Pick<MigrationPlaces, 'journal'>): Promise<void> {
  if (!(await isThere(journal))) return;
  throw hresult('ERROR_BUSY', 'A move of keys was begun and has not ended.', {
    hint: 'certhaven migrate keys --resume goes on with it, --undo takes it back',
  });
}
