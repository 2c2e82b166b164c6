import { Buffer } from 'node:buffer';
import type { ViewRow } from '#ca/ports';
import type { ColumnValue } from '#ca/schema/column';
import type { TableColumn } from '#ca/schema/tables';
import { isIa5String } from '#pki/asn1/strings';
import { compareText, foldAscii, foldUnicode } from '../text-order.ts';
import type { PlannedRestriction, ViewPlan } from '../view-plan.ts';
import { copyValue, type MemoryRow, type MemoryTables } from './memory-tables.ts';

type Cell = (column: TableColumn) => ColumnValue;

function inOrderOfKeys<V>(rows: ReadonlyMap<number, V>): V[] {
  return [...rows].sort(([a], [b]) => a - b).map(([, value]) => value);
}

function single(rows: readonly MemoryRow[]): Cell[] {
  return rows.map(
    (row) =>
      ({ column }) =>
        row[column.name] ?? null,
  );
}

/** The view's rows by their key. */
function cellsOfView(tables: MemoryTables, table: ViewPlan['table']): Cell[] {
  switch (table) {
    case 'Requests':
      return inOrderOfKeys(tables.Requests).map((request) => {
        const certificate = tables.Certificates.get(request['RequestID'] as number);
        // AD CS makes both rows at once: a request without a certificate has its number in both columns.
        return ({ table, column }) =>
          (table === 'Requests' || column.name === 'RequestID' ? request : certificate)?.[column.name] ?? null;
      });
    case 'CRLs':
      return single(inOrderOfKeys(tables.CRLs));
    default:
      return single(inOrderOfKeys(tables[table]).flatMap((rows) => [...rows.values()]));
  }
}

/** Both of one type and not null. */
function compare(a: ColumnValue, b: ColumnValue, fold: (text: string) => string): number {
  if (typeof a === 'string') return compareText(fold(a), fold(b as string));
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array);
  return Number(a) - Number(b);
}

function holds({ column, operator, value }: PlannedRestriction, cell: Cell): boolean {
  const actual = cell(column);
  if (actual === null || value === null) return (actual === value) === (operator === '=') && isEquality(operator);
  const order = compare(actual, value, typeof value === 'string' && isIa5String(value) ? foldAscii : foldUnicode);
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function isEquality(operator: PlannedRestriction['operator']): boolean {
  return operator === '=' || operator === '!=';
}

function compareForSort(a: ColumnValue, b: ColumnValue): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compare(a, b, foldAscii);
}

/** All rows at once: the tests that use it have few. */
export function memoryView(tables: MemoryTables, plan: ViewPlan): ViewRow[] {
  const found = cellsOfView(tables, plan.table).filter((cell) =>
    plan.restrictions.every((restriction) => holds(restriction, cell)),
  );
  const { sort } = plan;
  if (sort !== undefined) {
    if (sort.descending) found.reverse();
    found.sort((a, b) => compareForSort(a(sort.column), b(sort.column)) * (sort.descending ? -1 : 1));
  }
  return found
    .slice(0, plan.limit)
    .map((cell) => new Map(plan.columns.map((column) => [column.printedName, copyValue(cell(column))])));
}
