/** Whether each key of the CA can be had again should this machine be lost. */
import type { Configuration } from '#ca/config/configuration';
import { keyBackups } from '#ca/config/key-backups';
import { nameOf } from './ca-keys.ts';
import { type Diagnosis, diagnosis } from './finding.ts';
import type { OwnKeys } from './own-keys.ts';

const YEAR_MS = 365 * 86_400_000;

/** After installation and after every renewal: a backup from before the renewal does not have the certificate of now. */
export function missingKeyBackups({ keys }: OwnKeys, configuration: Configuration, now: Date): Diagnosis[] {
  const backups = keyBackups(configuration);
  return keys.flatMap((key) => {
    const times = key.entries.flatMap(({ entry }) => backups.get(entry.thumbprint)?.time.getTime() ?? []);
    const missing = key.entries.filter(({ entry, hasEnded }) => !hasEnded && !backups.has(entry.thumbprint));
    const newest = Math.max(...times);
    const cure = 'certutil -backupKey FOLDER, and keep the file elsewhere';
    if (times.length === 0 && !key.exportable && !key.encryptedExport) {
      const text = `${nameOf(key)} is not exportable: only what keeps it can be backed up.`;
      const device = 'back up the token by what its maker provides';
      return [diagnosis('note', 'key-backup-missing', text, { cure: device })];
    }
    if (times.length === 0) {
      return [diagnosis('warning', 'key-backup-missing', `${nameOf(key)} was never backed up.`, { cure })];
    }
    if (missing.length > 0) {
      const which = missing.map(({ index }) => index).join(', ');
      const text = `${nameOf(key)} was not backed up since it was renewed: no backup has CA certificate ${which}.`;
      return [diagnosis('warning', 'key-backup-missing', text, { cure })];
    }
    if (now.getTime() - newest < YEAR_MS) return [];
    const text = `${nameOf(key)} was last backed up ${new Date(newest).toISOString()}: does anybody still know the password?`;
    return [diagnosis('note', 'key-backup-old', text, { cure })];
  });
}
