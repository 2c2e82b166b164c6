/** Writes units of work inside one transaction, each in a savepoint of its own, so that one that fails takes no other along. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { AuditRecord } from '#ca/audit/audit-record';
import { auditChainInput, auditChainStart } from '#ca/audit/chain';
import type { EventRecord } from '#ca/audit/event-record';
import type { RegistryValue, Write } from '#ca/ports';
import type { Column, ColumnValue } from '#ca/schema/column';
import type { TableName } from '#ca/schema/tables';
import { hresult } from '#hresult/hresult-error';
import { cellsOf, changesOf } from '../column-value.ts';
import { formatRegistryData } from '../registry-data.ts';
import { quoted, uniqueNames } from '../schema/ddl.ts';
import { SQLITE } from './dialect.ts';
import { sha256 } from './sha256.ts';
import { asHresult, sqliteError } from './sqlite-error.ts';
import { Statements } from './statements.ts';
import { encodeValue } from './values.ts';

/** Writes groups of units, each group in one commit: in the thread of its caller, or in one of its own. */
export interface GroupWriter {
  /** One outcome a unit, undefined where it is on disk. Throws where nothing of the group is. */
  commitGroup(units: readonly (readonly Write[])[]): readonly unknown[] | Promise<readonly unknown[]>;
  close(): void | Promise<void>;
}

/** The last entry of the audit chain. */
interface ChainHead {
  readonly index: number;
  readonly hash: Uint8Array;
}

type Cells = readonly (readonly [column: Column, value: ColumnValue])[];

export class UnitWriter implements GroupWriter {
  readonly #connection: DatabaseSync;
  readonly #statements: Statements;
  #chainHead: ChainHead;

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
    this.#statements = new Statements(connection);
    this.#chainHead = readChainHead(this.#statements);
  }

  commitGroup(units: readonly (readonly Write[])[]): readonly unknown[] {
    const before = this.#chainHead;
    try {
      this.#run('BEGIN IMMEDIATE');
      const outcomes = units.map((unit) => this.#writeUnit(unit));
      this.#run('COMMIT');
      return outcomes;
    } catch (error) {
      this.#chainHead = before;
      // SQLite itself rolls back where the disk is full or fails.
      if (this.#connection.isTransaction) this.#run('ROLLBACK');
      throw sqliteError(error, 'Writing');
    }
  }

  close(): void {
    this.#connection.close();
  }

  #writeUnit(unit: readonly Write[]): unknown {
    const before = this.#chainHead;
    this.#run('SAVEPOINT unit');
    try {
      for (const write of unit) this.#write(write);
      this.#run('RELEASE unit');
      return undefined;
    } catch (error) {
      // The transaction is gone: nothing of the group can be kept.
      if (!this.#connection.isTransaction) throw error;
      this.#chainHead = before;
      this.#run('ROLLBACK TO unit');
      this.#run('RELEASE unit');
      return sqliteError(error, 'Writing');
    }
  }

  /** Answers how many rows changed. */
  #run(sql: string, ...parameters: SQLInputValue[]): number {
    return Number(this.#statements.of(sql).run(...parameters).changes);
  }

  #write(write: Write): void {
    if ('insert' in write) {
      if (write.insert === 'Signings') {
        this.#run('INSERT INTO "Signings" VALUES (?, ?)', write.row.RequestID, write.row.toBeSigned);
      } else this.#insert(write.insert, cellsOf(write.insert, write.row));
    } else if ('update' in write) this.#update(write);
    else if ('delete' in write) this.#delete(write.delete, write.RequestID);
    else if ('append' in write) {
      if (write.append === 'Audit') this.#appendAudit(write.record);
      else this.#appendEvent(write.record);
    } else if ('set' in write) this.#setRegistry(write.path, write.name, write.value);
    else {
      const { path, name } = write;
      this.#run('DELETE FROM "Registry" WHERE "path" = ? COLLATE NOCASE AND "name" = ? COLLATE NOCASE', path, name);
    }
  }

  #insert(table: TableName, cells: Cells): void {
    const names = cells.map(([{ name }]) => quoted(name));
    const replaced =
      table === 'Extensions' || table === 'Attributes'
        ? ` ON CONFLICT (${uniqueNames(table, SQLITE)}) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`
        : '';
    this.#run(
      `INSERT INTO ${quoted(table)} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})${replaced}`,
      ...cells.map(([, value]) => encodeValue(value)),
    );
  }

  #update(write: Extract<Write, { readonly update: string }>): void {
    const table = write.update;
    const [key, number] = write.update === 'CRLs' ? ['CRLRowId', write.CRLRowId] : ['RequestID', write.RequestID];
    const guard = write.update === 'Requests' ? write.whenDisposition : undefined;
    const cells = changesOf(table, write.set, key, number);
    const allowed = guard ? ` AND "Disposition" IN (${guard.map(() => '?').join(', ')})` : '';
    const changed = this.#run(
      `UPDATE ${quoted(table)} SET ${cells.map(([{ name }]) => `${quoted(name)} = ?`).join(', ') || `"${key}" = "${key}"`}
        WHERE "${key}" = ?${allowed}`,
      ...cells.map(([, value]) => encodeValue(value)),
      number,
      ...(guard ?? []),
    );
    if (changed > 0) return;
    const there = guard && this.#statements.of(`SELECT 1 FROM ${quoted(table)} WHERE "${key}" = ?`).get(number);
    if (there) throw hresult('CERTSRV_E_BAD_REQUESTSTATUS', `Request ${number}.`);
    throw hresult('CERTSRV_E_PROPERTY_EMPTY', `${table} has no row ${number}.`);
  }

  #delete(table: 'Requests' | 'Signings', requestId: number): void {
    const deleted = this.#run(`DELETE FROM "${table}" WHERE "RequestID" = ?`, requestId);
    if (deleted === 0) throw hresult('CERTSRV_E_PROPERTY_EMPTY', `${table} has no row ${requestId}.`);
  }

  #appendAudit(record: AuditRecord): void {
    const index = this.#chainHead.index + 1;
    const hash = sha256(auditChainInput(this.#chainHead.hash, record));
    const { time, eventId, subject, outcome, fields } = record;
    this.#run(
      'INSERT INTO "Audit" VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[index, time.getTime(), eventId, subject, outcome, JSON.stringify(fields), hash],
    );
    this.#chainHead = { index, hash };
  }

  #appendEvent({ time, source, eventId, level, text, variables }: EventRecord): void {
    this.#run(
      'INSERT INTO "Events" VALUES (NULL, ?, ?, ?, ?, ?, ?)',
      ...[time.getTime(), source, eventId, level, text, JSON.stringify(variables)],
    );
  }

  #setRegistry(path: string, name: string, value: RegistryValue): void {
    this.#run(
      `INSERT INTO "Registry" VALUES (?, ?, ?, ?) ON CONFLICT ("path" COLLATE NOCASE, "name" COLLATE NOCASE)
        DO UPDATE SET "type" = excluded."type", "data" = excluded."data"`,
      ...[path, name, value.type, formatRegistryData(value)],
    );
  }
}

function readChainHead(statements: Statements): ChainHead {
  const sql = 'SELECT "index", "hash" FROM "Audit" ORDER BY "index" DESC LIMIT 1';
  const last = asHresult('Reading', () => statements.of(sql).get()) as unknown as [number, Uint8Array] | undefined;
  return last ? { index: last[0], hash: last[1] } : { index: 0, hash: auditChainStart() };
}
