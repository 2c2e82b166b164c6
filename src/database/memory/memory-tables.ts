/** The rows of the in-memory database and the rules SQL keeps by constraints and triggers. */
import { auditChainInput, auditChainStart } from '#ca/audit/chain';
import type { EventRecord } from '#ca/audit/event-record';
import type { AuditEntry, RegistryValue, Write } from '#ca/ports';
import type { ColumnValue } from '#ca/schema/column';
import { TABLES, type TableName } from '#ca/schema/tables';
import { hresult } from '#hresult/hresult-error';
import { cellsOf, changesOf } from '../column-value.ts';
import { formatRegistryData } from '../registry-data.ts';
import { foldAscii } from '../text-order.ts';
import { UndoMap } from './undo-map.ts';

export type MemoryRow = Readonly<Record<string, ColumnValue>>;

export interface MemoryRegistryValue {
  readonly path: string;
  readonly name: string;
  readonly value: RegistryValue;
}

/** Rows never share bytes with their callers, who may wipe them. */
export function copyValue(value: ColumnValue): ColumnValue {
  return value instanceof Uint8Array ? value.slice() : value instanceof Date ? new Date(value) : value;
}

export class MemoryTables {
  readonly #undo: (() => void)[] = [];
  readonly #hashAudit: (data: Uint8Array) => Uint8Array;
  readonly Requests = new UndoMap<number, MemoryRow>(this.#undo);
  readonly Certificates = new UndoMap<number, MemoryRow>(this.#undo);
  readonly CRLs = new UndoMap<number, MemoryRow>(this.#undo);
  /** By request, then by name: an insert of the same name replaces the row where it stands. */
  readonly Extensions = new UndoMap<number, ReadonlyMap<string, MemoryRow>>(this.#undo);
  readonly Attributes = new UndoMap<number, ReadonlyMap<string, MemoryRow>>(this.#undo);
  readonly Signings = new UndoMap<number, Uint8Array>(this.#undo);
  readonly Registry = new UndoMap<string, MemoryRegistryValue>(this.#undo);
  readonly Audit = new UndoMap<number, AuditEntry>(this.#undo);
  readonly Events = new UndoMap<number, EventRecord>(this.#undo);
  readonly #serialNumbers = new UndoMap<string, number>(this.#undo);

  constructor(hashAudit: (data: Uint8Array) => Uint8Array) {
    this.#hashAudit = hashAudit;
  }

  /** Writes all of the unit, or throws and leaves everything as it was. */
  writeUnit(unit: readonly Write[]): void {
    this.#undo.length = 0;
    try {
      for (const write of unit) this.#write(write);
    } catch (error) {
      for (const undo of this.#undo.reverse()) undo();
      throw error;
    }
  }

  #write(write: Write): void {
    if ('insert' in write) {
      if (write.insert === 'Signings') {
        const { RequestID, toBeSigned } = write.row;
        requireFree('Signings', RequestID, this.Signings);
        this.Signings.set(RequestID, toBeSigned.slice());
      } else this.#insert(write.insert, write.row);
    } else if ('update' in write) this.#update(write);
    else if ('delete' in write) this.#delete(write.delete, write.RequestID);
    else if ('append' in write) {
      if (write.append === 'Audit') this.#appendAudit(write.record);
      else this.Events.set(this.Events.size + 1, structuredClone(write.record));
    } else if ('set' in write) {
      const { path, name, value } = write;
      formatRegistryData(value);
      const before = this.Registry.get(registryKey(write));
      this.Registry.set(registryKey(write), { path, name, ...before, value: structuredClone(value) });
    } else this.Registry.delete(registryKey(write));
  }

  #insert(table: TableName, given: Readonly<Record<string, ColumnValue | undefined>>): void {
    const cells = Object.fromEntries(cellsOf(table, given).map(([{ name }, value]) => [name, copyValue(value)]));
    const row: MemoryRow = { ...Object.fromEntries(TABLES[table].map(({ name }) => [name, null])), ...cells };
    if (table === 'Extensions' || table === 'Attributes') {
      const [requestId, name] =
        table === 'Extensions'
          ? [row['ExtensionRequestId'], row['ExtensionName']]
          : [row['AttributeRequestId'], row['AttributeName']];
      if (typeof requestId !== 'number' || typeof name !== 'string') {
        throw hresult('ERROR_INVALID_PARAMETER', `${table}: a row needs a request and a name.`);
      }
      this.#requireRequest(requestId);
      this[table].set(requestId, new Map([...(this[table].get(requestId) ?? []), [foldAscii(name), row]]));
      return;
    }
    const key = row[table === 'CRLs' ? 'CRLRowId' : 'RequestID'] as number;
    requireFree(table, key, this[table]);
    if (table === 'Certificates') {
      this.#requireRequest(key);
      this.#takeSerialNumber(key, row['SerialNumber']);
    }
    this[table].set(key, row);
  }

  #update(write: Extract<Write, { readonly update: string }>): void {
    const [keyName, key] = write.update === 'CRLs' ? ['CRLRowId', write.CRLRowId] : ['RequestID', write.RequestID];
    const cells = changesOf(write.update, write.set, keyName, key);
    const row = this[write.update].get(key);
    if (row === undefined) throw hresult('CERTSRV_E_PROPERTY_EMPTY', `${write.update} has no row ${key}.`);
    if (write.update === 'Requests' && write.whenDisposition !== undefined) {
      if (!write.whenDisposition.some((allowed) => allowed === row['Disposition'])) {
        throw hresult('CERTSRV_E_BAD_REQUESTSTATUS', `Request ${key}.`);
      }
    }
    const changed = { ...row, ...Object.fromEntries(cells.map(([{ name }, value]) => [name, copyValue(value)])) };
    if (write.update === 'Certificates' && changed['SerialNumber'] !== row['SerialNumber']) {
      if (typeof row['SerialNumber'] === 'string') this.#serialNumbers.delete(foldAscii(row['SerialNumber']));
      this.#takeSerialNumber(key, changed['SerialNumber']);
    }
    this[write.update].set(key, changed);
  }

  #delete(table: 'Requests' | 'Signings', requestId: number): void {
    if (!this[table].has(requestId)) throw hresult('CERTSRV_E_PROPERTY_EMPTY', `${table} has no row ${requestId}.`);
    if (table === 'Requests') {
      if (this.Requests.get(requestId)?.['RawArchivedKey'] !== null) {
        throw hresult('CERTSRV_E_BAD_REQUESTSTATUS', 'A key is archived for the request.');
      }
      if (this.Signings.has(requestId)) {
        throw hresult('CERTSRV_E_BAD_REQUESTSTATUS', 'The request is being signed.');
      }
      const serialNumber = this.Certificates.get(requestId)?.['SerialNumber'];
      if (typeof serialNumber === 'string') this.#serialNumbers.delete(foldAscii(serialNumber));
      for (const rows of [this.Certificates, this.Extensions, this.Attributes]) rows.delete(requestId);
    }
    this[table].delete(requestId);
  }

  #requireRequest(requestId: number): void {
    if (!this.Requests.has(requestId)) throw hresult('CERTSRV_E_PROPERTY_EMPTY', `Requests has no row ${requestId}.`);
  }

  #takeSerialNumber(requestId: number, serialNumber: ColumnValue | undefined): void {
    if (typeof serialNumber !== 'string') return;
    requireFree('Certificates', foldAscii(serialNumber), this.#serialNumbers);
    this.#serialNumbers.set(foldAscii(serialNumber), requestId);
  }

  #appendAudit(record: AuditEntry['record']): void {
    const index = this.Audit.size + 1;
    const hash = this.#hashAudit(auditChainInput(this.Audit.get(index - 1)?.hash ?? auditChainStart(), record));
    this.Audit.set(index, { index, record: structuredClone(record), hash });
  }
}

function requireFree<K extends string | number>(table: string, key: K, rows: ReadonlyMap<K, unknown>): void {
  if (rows.has(key)) throw hresult('NTE_EXISTS', `${table} has ${key} already.`);
}

function registryKey({ path, name }: { readonly path: string; readonly name: string }): string {
  return foldAscii(`${path}\\${name}`);
}
