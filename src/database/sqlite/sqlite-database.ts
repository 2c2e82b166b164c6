import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { AuditRecord } from '#ca/audit/audit-record';
import type { EventRecord } from '#ca/audit/event-record';
import type { AuditEntry, CaDatabase, RegistryValue, Signing, ViewQuery, ViewRow, Write } from '#ca/ports';
import type { AttributeRow } from '#ca/schema/attributes';
import type { CertificateRow } from '#ca/schema/certificates';
import type { Column, ColumnValue } from '#ca/schema/column';
import type { ExtensionRow } from '#ca/schema/extensions';
import type { RequestRow } from '#ca/schema/requests';
import { TABLES, type TableName } from '#ca/schema/tables';
import { CommitQueue } from '#files/commit-queue';
import { hresult } from '#hresult/hresult-error';
import { RegistryCache } from '../registry-cache.ts';
import { parseRegistryData } from '../registry-data.ts';
import { RowNumbers } from '../row-numbers.ts';
import { quoted } from '../schema/ddl.ts';
import { foldUnicode } from '../text-order.ts';
import { planView } from '../view-plan.ts';
import type { DatabaseLock } from './lock.ts';
import { Readers } from './readers.ts';
import { asHresult } from './sqlite-error.ts';
import { Statements } from './statements.ts';
import type { GroupWriter } from './unit-writer.ts';
import { decodeValue, type SqlRow } from './values.ts';
import { FOLD_UNICODE, viewSql } from './view-sql.ts';

export interface OpenedSqlite {
  readonly path: string;
  /** Reads; the writer has it too, or one of its own. */
  readonly connection: DatabaseSync;
  readonly writer: GroupWriter;
  readonly lock: DatabaseLock;
}

export class SqliteDatabase implements CaDatabase {
  readonly #opened: OpenedSqlite;
  readonly #statements: Statements;
  readonly #readers: Readers;
  readonly #queue: CommitQueue<readonly Write[]>;
  readonly #numbers: RowNumbers;
  readonly #registry = new RegistryCache();
  #closed = false;

  constructor(opened: OpenedSqlite) {
    const { connection, path, writer } = opened;
    this.#opened = opened;
    this.#statements = new Statements(connection);
    this.#queue = new CommitQueue((units) => {
      const outcomes = writer.commitGroup(units);
      const seen = () => this.#registry.written(units);
      if (outcomes instanceof Promise) return outcomes.finally(seen);
      seen();
      return outcomes;
    });
    this.#readers = new Readers(path, (reader) => {
      reader.function(FOLD_UNICODE, { deterministic: true }, (text) =>
        typeof text === 'string' ? foldUnicode(text) : null,
      );
    });
    this.#numbers = new RowNumbers(
      this.#number(
        `SELECT max(coalesce((SELECT max("RequestID") FROM "Requests"), 0),
        coalesce((SELECT "last" FROM "Numbers" WHERE "name" = 'RequestID'), 0))`,
      ),
      this.#number('SELECT coalesce(max("CRLRowId"), 0) FROM "CRLs"'),
    );
  }

  async commit(unit: readonly Write[]): Promise<void> {
    this.#numbers.see(unit);
    await this.#queue.push(unit);
  }

  async nextRequestId(): Promise<number> {
    return this.#numbers.nextRequestId();
  }

  async nextCrlRowId(): Promise<number> {
    return this.#numbers.nextCrlRowId();
  }

  async request(requestId: number): Promise<RequestRow | undefined> {
    return this.#tableRows<RequestRow>('Requests', '"RequestID" = ?', requestId)[0];
  }

  async certificate(requestId: number): Promise<CertificateRow | undefined> {
    return this.#tableRows<CertificateRow>('Certificates', '"RequestID" = ?', requestId)[0];
  }

  async extensions(requestId: number): Promise<readonly ExtensionRow[]> {
    return this.#tableRows<ExtensionRow>('Extensions', '"ExtensionRequestId" = ? ORDER BY "Position"', requestId);
  }

  async attributes(requestId: number): Promise<readonly AttributeRow[]> {
    return this.#tableRows<AttributeRow>('Attributes', '"AttributeRequestId" = ? ORDER BY "Position"', requestId);
  }

  async *view(query: ViewQuery): AsyncGenerator<ViewRow, void, undefined> {
    const plan = planView(query);
    const { sql, parameters } = viewSql(plan);
    for await (const row of this.#readers.stream(sql, parameters)) {
      yield new Map<string, ColumnValue>(
        plan.columns.map(({ printedName, column }, index) => [printedName, decodeValue(column, row[index])]),
      );
    }
  }

  async signings(): Promise<readonly Signing[]> {
    return this.#rows('SELECT "RequestID", "toBeSigned" FROM "Signings" ORDER BY "RequestID"').map(
      ([requestId, toBeSigned]) => ({ RequestID: requestId as number, toBeSigned: toBeSigned as Uint8Array }),
    );
  }

  async registry(): Promise<
    readonly { readonly path: string; readonly name: string; readonly value: RegistryValue }[]
  > {
    this.#requireOpen();
    const rows = () => this.#rows('SELECT "path", "name", "type", "data" FROM "Registry"');
    return this.#registry.read(() =>
      rows().map(([path, name, type, data]) => ({
        path: path as string,
        name: name as string,
        value: parseRegistryData(type as string, data as string),
      })),
    );
  }

  async *audit(): AsyncGenerator<AuditEntry, void, undefined> {
    const sql =
      'SELECT "index", "time", "eventId", "subject", "outcome", "fields", "hash" FROM "Audit" ORDER BY "index"';
    for await (const [index, time, eventId, subject, outcome, fields, hash] of this.#readers.stream(sql, [])) {
      yield {
        index: index as number,
        record: {
          time: new Date(time as number),
          eventId: eventId as number,
          subject: subject as string,
          outcome: outcome as AuditRecord['outcome'],
          fields: parseJson('Audit', index as number, fields as string) as AuditRecord['fields'],
        },
        hash: hash as Uint8Array,
      };
    }
  }

  async *events(): AsyncGenerator<EventRecord & { readonly index: number }, void, undefined> {
    const sql =
      'SELECT "index", "time", "source", "eventId", "level", "text", "variables" FROM "Events" ORDER BY "index"';
    for await (const [index, time, source, eventId, level, text, variables] of this.#readers.stream(sql, [])) {
      yield {
        index: index as number,
        time: new Date(time as number),
        source: source as string,
        eventId: eventId as number,
        level: level as EventRecord['level'],
        text: text as string,
        variables: parseJson('Events', index as number, variables as string) as EventRecord['variables'],
      };
    }
  }

  /** Commits what waits, brings the log into the database file and gives up the lock. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { connection, writer, lock } = this.#opened;
    try {
      await this.#queue.close();
      this.#readers.close();
      asHresult('Closing the database', () => connection.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
    } finally {
      await writer.close();
      if (connection.isOpen) connection.close();
      lock.release();
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw hresult('ERROR_INVALID_HANDLE', 'The database is closed.');
  }

  #rows(sql: string, ...parameters: SQLInputValue[]): readonly SqlRow[] {
    this.#requireOpen();
    return asHresult('Reading', () => this.#statements.of(sql).all(...parameters)) as unknown as readonly SqlRow[];
  }

  #number(sql: string): number {
    return this.#rows(sql)[0]![0] as number;
  }

  #tableRows<TableRow>(table: TableName, where: string, key: number): TableRow[] {
    const columns: readonly Column[] = TABLES[table];
    const names = columns.map(({ name }) => quoted(name)).join(', ');
    return this.#rows(`SELECT ${names} FROM ${quoted(table)} WHERE ${where}`, key).map(
      (row) =>
        Object.fromEntries(columns.map((column, index) => [column.name, decodeValue(column, row[index])])) as TableRow,
    );
  }
}

/** What stands there was written by us: where it does not parse, somebody changed it. */
function parseJson(table: string, index: number, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw hresult('ERROR_INVALID_DATA', `${table} ${index} is damaged.`, { cause: error });
  }
}
