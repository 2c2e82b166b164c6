/**
 * Which keys of the CA were backed up, when, and to which file: CA\KeyBackups, a value of ours beside DBLastFullBackup of AD
 * CS, which tells the same of the database.
 */
import type { RegistryValue } from '../ports.ts';
import type { Configuration } from './configuration.ts';
import { plainHash } from './plain-hash.ts';

export const KEY_BACKUPS = 'KeyBackups';

export interface KeyBackup {
  readonly time: Date;
  /** Where it was written to, which may have been moved since; undefined where that is not on record. */
  readonly file: string | undefined;
}

/** By SHA-1 of the CA's certificates, lower-case hex. A line that is none is passed over. */
export function keyBackups(configuration: Configuration): Map<string, KeyBackup> {
  const found = new Map<string, KeyBackup>();
  for (const line of configuration.strings(KEY_BACKUPS)) {
    const [, written = '', hash = '', file] = /^(\S+) ([0-9A-Fa-f]{40})(?: (.+))?$/s.exec(line) ?? [];
    const time = new Date(written);
    if (!Number.isNaN(time.getTime())) found.set(plainHash(hash), { time, file });
  }
  return found;
}

/** The value once keys of these certificates were backed up at `time` to `file`, an absolute path. */
export function withKeyBackup(
  configuration: Configuration,
  thumbprints: readonly string[],
  time: Date,
  file: string,
): RegistryValue {
  const known = keyBackups(configuration);
  for (const thumbprint of thumbprints) known.set(thumbprint, { time, file });
  const lines = [...known].map(([hash, backup]) => {
    return `${backup.time.toISOString()} ${hash}${backup.file === undefined ? '' : ` ${backup.file}`}`;
  });
  return { type: 'REG_MULTI_SZ', data: lines };
}
