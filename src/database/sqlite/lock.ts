import { DatabaseSync } from 'node:sqlite';
import { setTimeout as after } from 'node:timers/promises';
import { hresult, isHresult } from '#hresult/hresult-error';
import { asHresult } from './sqlite-error.ts';

const RETRY_MILLISECONDS = 25;

/**
 * One authority a database. The lock is SQLite's own exclusive lock, held on an empty database beside the real one: the
 * system takes it back with the process, however that ends, and the real database stays open to readers, to backup and to
 * streams that see one moment of it. The lock belongs to the process: reading the lock file from within it would lose it.
 */
export class DatabaseLock {
  readonly #connection: DatabaseSync;

  private constructor(connection: DatabaseSync) {
    this.#connection = connection;
  }

  /** Throws ERROR_SHARING_VIOLATION where another instance holds it for longer than `waitMilliseconds`. */
  static async acquire(path: string, waitMilliseconds: number): Promise<DatabaseLock> {
    const deadline = performance.now() + waitMilliseconds;
    const connection = asHresult('Opening the lock', () => new DatabaseSync(path, { timeout: 0 }));
    try {
      for (;;) {
        try {
          asHresult('Locking the database', () => {
            connection.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
          });
          return new DatabaseLock(connection);
        } catch (error) {
          if (!isHresult(error, 'ERROR_SHARING_VIOLATION')) throw error;
          if (performance.now() >= deadline) {
            throw hresult('ERROR_SHARING_VIOLATION', 'Another instance has the database open.', {
              hint: 'stop the other instance of the authority first',
              cause: error,
            });
          }
        }
        await after(Math.min(RETRY_MILLISECONDS, Math.max(0, deadline - performance.now())));
      }
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  release(): void {
    this.#connection.close();
  }
}
