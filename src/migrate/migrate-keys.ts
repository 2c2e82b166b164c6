/**
 * All keys of a CA from one provider to another. The old keys stay until the new ones have proved themselves, so that whatever
 * fails before is taken back without the backup.
 */

import { audit } from '#ca/audit/audit';
import { readConfiguration } from '#ca/config/configuration';
import { KEY_BACKUPS, withKeyBackup } from '#ca/config/key-backups';
import { closeKeys, startAuthority } from '#ca/install/start';
import { ownKeys } from '#doctor/own-keys';
import { shredFile } from '#files/durable-file';
import { HresultError, hresult } from '#hresult/hresult-error';
import type { Progress } from './api.ts';
import { backUpKeys } from './backup.ts';
import { isDone, type Journal, readJournal, removeJournal, type Step, writeJournal } from './journal.ts';
import { copyKey, deleteOldKey, type KeptKey, proveAuthority, removeCopy, switchBack, switchOver } from './move.ts';
import type { MigrationPlan } from './plan.ts';
import type { MigrationPorts } from './ports.ts';

export interface Move {
  readonly ports: MigrationPorts;
  /** Whose work it is, for the audit log. */
  readonly subject: string;
  readonly progress: Progress;
}

export interface MoveOptions {
  /** The PFX to be written. */
  readonly backup: string;
  readonly wipesBackup: boolean;
  readonly password: string;
}

/** Throws what failed, with everything as it was; ERROR_BUSY where even that cannot be done now, with the journal kept. */
export async function beginMove(move: Move, plan: MigrationPlan, options: MoveOptions): Promise<KeptKey[]> {
  const { backup, wipesBackup, password } = options;
  const { clock, places } = move.ports;
  const journal: Journal = { step: 'planned', plan, backup, wipesBackup, begun: clock.now().toISOString() };
  await writeJournal(places, journal);
  return orUndone(move, () => carryOn(move, journal, password));
}

/** From where it stopped. `password` is that of the backup, where it has yet to be made. */
export async function resumeMove(move: Move, password: () => Promise<string>): Promise<KeptKey[]> {
  const journal = await requireJournal(move.ports);
  if (isDone(journal, 'backed up')) return orUndone(move, () => carryOn(move, journal, ''));
  // What was written of it may be a part.
  await shredFile(journal.backup);
  const chosen = journal.plan.backedUp.length === 0 ? '' : await password();
  return orUndone(move, () => carryOn(move, journal, chosen));
}

/** Throws ERROR_NOT_FOUND without a journal, ERROR_NOT_SUPPORTED once old keys are being deleted. */
export async function undoMove(move: Move): Promise<void> {
  const journal = await requireJournal(move.ports);
  if (isDone(journal, 'cleaning')) {
    throw hresult(
      'ERROR_NOT_SUPPORTED',
      'The keys were moved and have proved themselves; old ones are deleted already.',
      {
        hint: 'certhaven migrate keys --resume ends it; another move, --to the old provider, brings the keys back',
      },
    );
  }
  await takeBack(move, journal);
}

async function requireJournal({ places }: MigrationPorts): Promise<Journal> {
  const journal = await readJournal(places);
  if (journal) return journal;
  throw hresult('ERROR_NOT_FOUND', 'No move of keys is under way.', { hint: 'certhaven migrate keys --to PROVIDER' });
}

async function orUndone(move: Move, work: () => Promise<KeptKey[]>): Promise<KeptKey[]> {
  try {
    return await work();
  } catch (error) {
    const journal = await readJournal(move.ports.places);
    // The new keys have proved themselves: what is left to do is to be done again, not to be taken back.
    if (journal === undefined || isDone(journal, 'cleaning')) throw error;
    move.progress('undoing');
    try {
      await takeBack(move, journal);
    } catch (cause) {
      const reasons = [error, cause].map((each) =>
        each instanceof HresultError ? each.message : 'A fault of our own.',
      );
      throw hresult('ERROR_BUSY', `The move failed: ${reasons[0]} It could not be taken back now: ${reasons[1]}`, {
        hint: 'certhaven migrate keys --undo takes it back once its cause is gone',
        cause,
      });
    }
    throw error;
  }
}

async function carryOn({ ports, subject, progress }: Move, begun: Journal, password: string): Promise<KeptKey[]> {
  let journal = begun;
  const { plan, backup } = journal;
  const step = async (name: Step, work: () => Promise<unknown>) => {
    if (isDone(journal, name)) return;
    await work();
    progress(`${name}, not written`);
    journal = { ...journal, step: name };
    await writeJournal(ports.places, journal);
    progress(name);
  };
  progress('planned');
  await step('backed up', async () => {
    if (plan.backedUp.length === 0) return;
    const own = await ownKeys(ports, await readConfiguration(ports.database));
    const keys = own.keys.filter(({ entries }) =>
      entries.some(({ entry }) => plan.backedUp.includes(entry.thumbprint)),
    );
    await backUpKeys(ports, { ...own, keys }, backup, password);
    progress('backup opened');
  });
  await step('copied', async () => {
    for (const move of plan.keys) {
      await copyKey(ports, move);
      progress(`copied ${move.from.container}`);
    }
  });
  await step('switched', () => switchOver(ports, plan, subject));
  await step('proved', () => proveAuthority(ports, plan, subject));
  await step('cleaning', async () => undefined);
  const kept: KeptKey[] = [];
  for (const move of plan.keys) {
    const left = await deleteOldKey(ports, move, plan);
    if (left) kept.push(left);
    progress(`deleted ${move.from.container}`);
  }
  if (journal.wipesBackup) await shredFile(backup);
  else await rememberBackup(ports, subject, plan.backedUp, backup);
  progress('cleaned');
  await removeJournal(ports.places);
  return kept;
}

/** -backupKey leaves the same record. */
async function rememberBackup(
  { clock, database }: MigrationPorts,
  subject: string,
  thumbprints: readonly string[],
  file: string,
): Promise<void> {
  if (thumbprints.length === 0) return;
  const configuration = await readConfiguration(database);
  const value = withKeyBackup(configuration, thumbprints, clock.now(), file);
  const context = { time: clock.now(), subject, configuration };
  await database.commit([
    { set: 'Registry', path: '', name: KEY_BACKUPS, value },
    ...audit(context, 'configurationChanged', ['', KEY_BACKUPS, String(value.data)]),
  ]);
}

/** In the other order; the CA has to start with its old keys before the copies go. */
async function takeBack({ ports, subject, progress }: Move, { plan, backup }: Journal): Promise<void> {
  await switchBack(ports, plan, subject);
  progress('switched back');
  closeKeys(await startAuthority(ports, { announce: false }));
  for (const move of plan.keys) await removeCopy(ports, move);
  progress('copies removed');
  await shredFile(backup);
  await removeJournal(ports.places);
}
