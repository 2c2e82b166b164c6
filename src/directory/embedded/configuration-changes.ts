import type { DatabaseSync } from 'node:sqlite';

/** How often the configuration partition has changed: what is read from it is read again only then. */
export function configurationChanges(database: DatabaseSync): number {
  const row = database.prepare(`SELECT value FROM settings WHERE name = 'configurationChanges'`).get();
  return Number(row?.['value'] ?? 0);
}

export function countConfigurationChange(database: DatabaseSync): void {
  database.exec(
    `INSERT INTO settings (name, value) VALUES ('configurationChanges', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1`,
  );
}
