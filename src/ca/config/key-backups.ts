/**
 * Which keys of the CA were backed up, and when: CA\KeyBackups, a value of ours beside DBLastFullBackup of AD CS, which tells
 * the same of the database.
 */
import type { RegistryValue } from '../ports.ts';
import type { Configuration } from './configuration.ts';
import { plainHash } from './plain-hash.ts';

export const KEY_BACKUPS = 'KeyBackups';

/** By SHA-1 of the CA's certificates, lower-case hex. A line that is none is passed over. */
export function keyBackups(configuration: Configuration): Map<string, Date> {
  const found = new Map<string, Date>();
  for (const line of configuration.strings(KEY_BACKUPS)) {
    const [time = '', hash = ''] = line.split(/ (.*)/s);
    const date = new Date(time);
    if (!Number.isNaN(date.getTime())) found.set(plainHash(hash), date);
  }
  return found;
}

/** The value once keys of these certificates were backed up at `time`. */
export function withKeyBackup(configuration: Configuration, thumbprints: readonly string[], time: Date): RegistryValue {
  const known = keyBackups(configuration);
  for (const thumbprint of thumbprints) known.set(thumbprint, time);
  return { type: 'REG_MULTI_SZ', data: [...known].map(([hash, date]) => `${date.toISOString()} ${hash}`) };
}
