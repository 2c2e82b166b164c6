import { DatabaseSync } from 'node:sqlite';
import { BUSY_MILLISECONDS } from './readers.ts';

/**
 * How many pages the log grows to before they go into the database file: each page that is written over in between is
 * copied once. 4096 pages are 16 MB.
 */
const CHECKPOINT_PAGES = 4096;

/**
 * A connection that may write: write-ahead log, every commit on disk before it is answered. What SQLite keeps to undo a
 * savepoint with stays in memory: as a file it would be written four times as much as the log itself.
 */
export function openConnection(path: string): DatabaseSync {
  const connection = new DatabaseSync(path, { timeout: BUSY_MILLISECONDS, enableForeignKeyConstraints: true });
  try {
    connection.enableDefensive(true);
    connection.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;
       PRAGMA recursive_triggers = ON; PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
    );
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
