import { closeSync, existsSync, fsyncSync, openSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { CaDatabase } from '#ca/ports';
import { type HresultError, hresult } from '#hresult/hresult-error';
import { openConnection } from './connection.ts';
import { DatabaseLock } from './lock.ts';
import { migrate } from './migrate.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { sqliteError } from './sqlite-error.ts';
import { type GroupWriter, UnitWriter } from './unit-writer.ts';
import { WriterThread } from './writer-thread.ts';

export interface SqliteDatabaseOptions {
  /** The file. While it is open its log stands beside it as `-wal` and `-shm`; an empty `-lock` stays. */
  readonly path: string;
  /** Makes the database where there is none; without it a missing one is ERROR_FILE_NOT_FOUND. */
  readonly create: boolean;
  /** How long another instance is waited for. 5000 where absent. */
  readonly waitMilliseconds?: number;
  /** Writes in a thread of its own: a service must not wait for the disk, a command would wait for the thread. */
  readonly threaded?: boolean;
  /** Told once, should that thread end before its time: nothing is written any more (RPC_E_SERVER_DIED). */
  readonly onWriterEnd?: (error: HresultError) => void;
}

/**
 * Opens the authority's database: write-ahead log, every commit on disk before it is answered, one instance at a time.
 * Throws ERROR_SHARING_VIOLATION (another instance), ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED, ERROR_INVALID_DATA (damaged,
 * or not ours), ERROR_NOT_SUPPORTED (a newer release's).
 */
export async function openSqliteDatabase(options: SqliteDatabaseOptions): Promise<CaDatabase> {
  const path = locate(options);
  createPrivateFile(`${path}-lock`);
  const lock = await DatabaseLock.acquire(`${path}-lock`, options.waitMilliseconds ?? 5000);
  let connection: DatabaseSync | undefined;
  let writer: GroupWriter | undefined;
  try {
    createPrivateFile(path);
    connection = openConnection(path);
    migrate(connection, options.create);
    writer = options.threaded ? await WriterThread.start(path, options.onWriterEnd) : new UnitWriter(connection);
    return new SqliteDatabase({ path, connection, writer, lock });
  } catch (error) {
    await writer?.close();
    if (connection?.isOpen) connection.close();
    lock.release();
    throw sqliteError(error, 'Opening the database');
  }
}

/** The path without symbolic links, so that two names of one file have one lock. */
function locate({ path, create }: SqliteDatabaseOptions): string {
  try {
    if (existsSync(path)) return realpathSync(path);
    const directory = realpathSync(dirname(path));
    if (!create) throw hresult('ERROR_FILE_NOT_FOUND', path);
    return join(directory, basename(path));
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * Requests and archived keys are nobody else's to read; SQLite gives its log the same mode. A file that is there is not even
 * opened: closing it again would give up every lock this process holds on it (fcntl(2)).
 */
function createPrivateFile(path: string): void {
  try {
    if (existsSync(path)) return;
    closeSync(openSync(path, 'wx', 0o600));
    // The name is durable once its directory is; Windows does not open directories.
    if (process.platform === 'win32') return;
    const directory = openSync(dirname(path), 'r');
    fsyncSync(directory);
    closeSync(directory);
  } catch (error) {
    // Another instance was quicker.
    if (errorCode(error) !== 'EEXIST') throw fileError(error, path);
  }
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function fileError(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return hresult('ERROR_PATH_NOT_FOUND', path, { cause: error });
  if (code === 'EACCES' || code === 'EPERM') return hresult('ERROR_ACCESS_DENIED', path, { cause: error });
  if (code === 'ENOSPC') return hresult('ERROR_DISK_FULL', path, { cause: error });
  return error;
}
