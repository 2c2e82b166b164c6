/** The file of the embedded directory: opening it, its tables, its transactions. */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout as after } from 'node:timers/promises';
import { HresultError, hresult, isHresult } from '#hresult/hresult-error';
import { fillKeys } from './object-table.ts';
import { MEMBERSHIP_TRIGGERS } from './token-groups.ts';

/** Tells our file from any other SQLite file: "CHdi". */
const APPLICATION_ID = 0x43486469;
/** 2 counts changes of memberships; 3 has a key for long values too. */
const SCHEMA_VERSION = 3;
/** How long a process waits for the others before ERROR_SHARING_VIOLATION. Transactions are short. */
const BUSY_TIMEOUT_MS = 15_000;
const RETRY_MS = 20;

const SCHEMA = `
CREATE TABLE objects (
  id INTEGER PRIMARY KEY,
  dn TEXT NOT NULL,
  dn_key TEXT NOT NULL UNIQUE,
  parent_key TEXT NOT NULL
) STRICT;
CREATE INDEX objects_parent ON objects (parent_key);
-- One row a value. name is the attribute in lower case; key is the value in the form it is looked up by.
CREATE TABLE attribute_values (
  object INTEGER NOT NULL REFERENCES objects (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  position INTEGER NOT NULL,
  spelling TEXT NOT NULL,
  value ANY NOT NULL,
  key TEXT,
  PRIMARY KEY (object, name, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX attribute_values_key ON attribute_values (name, key);
CREATE TABLE settings (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
${MEMBERSHIP_TRIGGERS}
`;

const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  // The low byte of an extended code is the primary one.
  return error.errcode & 0xff;
}

function translate(error: unknown, path: string): unknown {
  if (error instanceof HresultError) return error;
  switch (codeOf(error)) {
    case BUSY:
      return hresult('ERROR_SHARING_VIOLATION', path, { cause: error });
    case READONLY:
      return hresult('ERROR_ACCESS_DENIED', path, { cause: error });
    case IOERR:
      return hresult('ERROR_GEN_FAILURE', path, { cause: error });
    case FULL:
      return hresult('ERROR_DISK_FULL', path, { cause: error });
    case CANTOPEN:
      return hresult('ERROR_PATH_NOT_FOUND', path, { cause: error });
    case CORRUPT:
    case NOTADB:
      return hresult('ERROR_INVALID_DATA', `${path} is no directory file`, {
        hint: 'the file is damaged: restore it from a backup',
        cause: error,
      });
    default:
      return error;
  }
}

/** Compiles each text once; there are a few dozen of them. No row stays open: nobody iterates over a statement. */
class PreparingDatabase extends DatabaseSync {
  readonly #statements = new Map<string, StatementSync>();

  override prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = super.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

type Work = () => void;

export class SqliteFile {
  readonly path: string;
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.path = path;
    try {
      if (path !== ':memory:') createPrivately(path);
      this.#database = new PreparingDatabase(path, { timeout: BUSY_TIMEOUT_MS });
    } catch (error) {
      throw translate(error, path);
    }
    try {
      this.#prepareFile();
    } catch (error) {
      this.#database.close();
      throw translate(error, path);
    }
  }

  #pragma(name: string): unknown {
    const row = this.#database.prepare(`PRAGMA ${name}`).get();
    return row && Object.values(row)[0];
  }

  /** True for an empty file; another process may be filling it, so both marks are read at one moment. */
  #isBlank(): boolean {
    this.#database.exec('BEGIN');
    try {
      return this.#pragma('user_version') === 0 && this.#pragma('schema_version') === 0;
    } finally {
      this.#database.exec('COMMIT');
    }
  }

  #prepareFile(): void {
    this.#database.exec('PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF');
    if (this.#isBlank()) {
      if (this.path !== ':memory:') this.#enterWal();
      this.write((database) => {
        if (this.#pragma('schema_version') !== 0) return;
        database.exec(`${SCHEMA} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION};`);
      });
    }
    if (this.#pragma('application_id') === APPLICATION_ID) this.#upgrade();
    if (this.#pragma('application_id') !== APPLICATION_ID || this.#pragma('user_version') !== SCHEMA_VERSION)
      throw hresult('ERROR_INVALID_DATA', `${this.path} is no directory file of this version`);
    // A commit that was answered survives a power cut. What undoes a savepoint is gone with the process, and needs no file.
    this.#database.exec('PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY');
  }

  /** Another process may be doing it, so the version is read again when it is our turn. */
  #upgrade(): void {
    const upgrades: readonly ((database: DatabaseSync) => void)[] = [
      (database) => database.exec(MEMBERSHIP_TRIGGERS),
      fillKeys,
    ];
    for (const [index, upgrade] of upgrades.entries()) {
      const from = index + 1;
      if (this.#pragma('user_version') !== from) continue;
      this.write((database) => {
        if (this.#pragma('user_version') !== from) return;
        upgrade(database);
        database.exec(`PRAGMA user_version = ${from + 1}`);
      });
    }
  }

  /** SQLite does not always wait for others when the journal mode changes, so a few attempts are made. */
  #enterWal(): void {
    for (let attempt = 1; ; attempt++) {
      try {
        this.#database.exec('PRAGMA journal_mode = WAL');
        return;
      } catch (error) {
        if (codeOf(error) !== BUSY || attempt === 50) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      }
    }
  }

  /** Runs whole or not at all; once it returns, the change is on the disk. */
  write<Result>(work: (database: DatabaseSync) => Result): Result {
    return this.#transaction('BEGIN IMMEDIATE', work);
  }

  /**
   * As `write`, in one commit for all; one outcome each, an error where that one alone failed. Others who write are waited
   * for without holding the thread: a service goes on meanwhile.
   */
  writeEach<Item>(
    items: readonly Item[],
    work: (database: DatabaseSync, item: Item) => void,
  ): readonly unknown[] | Promise<readonly unknown[]> {
    const works = items.map((item) => () => work(this.#database, item));
    try {
      return this.#writeAtOnce(works);
    } catch (error) {
      if (!isHresult(error, 'ERROR_SHARING_VIOLATION')) throw error;
      return this.#writeLater(works);
    }
  }

  async #writeLater(works: readonly Work[]): Promise<readonly unknown[]> {
    const deadline = performance.now() + BUSY_TIMEOUT_MS;
    for (;;) {
      await after(RETRY_MS);
      try {
        return this.#writeAtOnce(works);
      } catch (error) {
        if (!isHresult(error, 'ERROR_SHARING_VIOLATION') || performance.now() >= deadline) throw error;
      }
    }
  }

  /** Throws ERROR_SHARING_VIOLATION where it is not this process's turn. */
  #writeAtOnce(works: readonly Work[]): readonly unknown[] {
    this.#database.exec('PRAGMA busy_timeout = 0');
    try {
      return this.write(() => works.map((work) => this.#writeApart(work)));
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    }
  }

  #writeApart(work: Work): unknown {
    this.#database.exec('SAVEPOINT change');
    try {
      work();
      this.#database.exec('RELEASE change');
      return undefined;
    } catch (error) {
      // The transaction is gone: nothing of the group can be kept.
      if (!this.#database.isTransaction) throw error;
      this.#database.exec('ROLLBACK TO change; RELEASE change');
      return translate(error, this.path);
    }
  }

  /** Sees one state of the directory, whatever others write meanwhile. */
  read<Result>(work: (database: DatabaseSync) => Result): Result {
    return this.#transaction('BEGIN', work);
  }

  #transaction<Result>(begin: string, work: (database: DatabaseSync) => Result): Result {
    try {
      this.#database.exec(begin);
      try {
        const result = work(this.#database);
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        // Some faults (a full disk) have rolled back already.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    } catch (error) {
      throw translate(error, this.path);
    }
  }

  /** SQLite counts other connections' commits (data_version) and this one's changes apart. */
  changeNumber(): string {
    const own = this.#database.prepare('SELECT total_changes() AS count').get();
    return `${this.#pragma('data_version')}:${own?.['count']}`;
  }

  close(): void {
    this.#database.close();
  }
}

/** People's password verifiers and everybody's rights are in it: only its owner may read it. SQLite's side files follow. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') return;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw hresult('ERROR_PATH_NOT_FOUND', path, { cause: error });
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
      throw hresult('ERROR_ACCESS_DENIED', path, { cause: error });
    throw error;
  }
}
