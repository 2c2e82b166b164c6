import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { hresult } from '#hresult/hresult-error';
import { asHresult } from './sqlite-error.ts';
import { Statements } from './statements.ts';
import type { SqlRow } from './values.ts';

/** Readers kept for the next view. */
const KEPT = 4;
/** Rows between two turns of the event loop. */
const ROWS_PER_TURN = 256;
/** Other programs may read, back up or checkpoint the file; none of that takes long. */
export const BUSY_MILLISECONDS = 1000;

interface Reader {
  readonly connection: DatabaseSync;
  readonly statements: Statements;
}

/**
 * Connections for reading alone, one for each stream that is under way. A stream sees the database as it was when its first
 * row was asked for, whatever is committed meanwhile.
 */
export class Readers {
  readonly #path: string;
  readonly #prepare: (connection: DatabaseSync) => void;
  readonly #all = new Set<Reader>();
  readonly #idle: Reader[] = [];
  #closed = false;

  constructor(path: string, prepare: (connection: DatabaseSync) => void) {
    this.#path = path;
    this.#prepare = prepare;
  }

  async *stream(sql: string, parameters: readonly SQLInputValue[]): AsyncGenerator<SqlRow, void, undefined> {
    const reader = this.#take();
    try {
      const rows = asHresult('Reading', () =>
        reader.statements
          .of(sql)
          .iterate(...parameters)
          [Symbol.iterator](),
      );
      try {
        for (let read = 1; ; read++) {
          this.#requireOpen();
          const { done, value } = asHresult('Reading', () => rows.next());
          if (done) return;
          yield value as unknown as SqlRow;
          if (read % ROWS_PER_TURN === 0) await nextTurn();
        }
      } finally {
        if (!this.#closed) rows.return?.();
      }
    } finally {
      this.#release(reader);
    }
  }

  /** Streams under way end with ERROR_INVALID_HANDLE. */
  close(): void {
    this.#closed = true;
    for (const { connection } of this.#all) connection.close();
    this.#all.clear();
  }

  #requireOpen(): void {
    if (this.#closed) throw hresult('ERROR_INVALID_HANDLE', 'The database is closed.');
  }

  #take(): Reader {
    this.#requireOpen();
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    return asHresult('Opening the database for reading', () => {
      const connection = new DatabaseSync(this.#path, { readOnly: true, timeout: BUSY_MILLISECONDS });
      this.#prepare(connection);
      const reader = { connection, statements: new Statements(connection) };
      this.#all.add(reader);
      return reader;
    });
  }

  #release(reader: Reader): void {
    if (this.#closed) return;
    if (this.#idle.length < KEPT) {
      this.#idle.push(reader);
      return;
    }
    this.#all.delete(reader);
    reader.connection.close();
  }
}
