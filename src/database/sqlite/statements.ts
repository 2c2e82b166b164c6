import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** More shapes than the authority uses; what goes beyond is compiled again. */
const KEPT = 128;

/** The statements of one connection, compiled once a text. Rows are arrays, in the order of the columns asked for. */
export class Statements {
  readonly #connection: DatabaseSync;
  readonly #kept = new Map<string, StatementSync>();

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
  }

  of(sql: string): StatementSync {
    const known = this.#kept.get(sql);
    if (known !== undefined) return known;
    const statement = this.#connection.prepare(sql);
    statement.setReturnArrays(true);
    if (this.#kept.size >= KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(sql, statement);
    return statement;
  }
}
