import type { Column, ColumnValue } from '#ca/schema/column';
import { printedName, TABLES, type TableColumn, type TableName } from '#ca/schema/tables';
import { hresult } from '#hresult/hresult-error';

/** Throws ERROR_INVALID_PARAMETER where the value is none of the column's type: Long is unsigned, text is well-formed. */
export function requireColumnType(
  { column, printedName }: Pick<TableColumn, 'column' | 'printedName'>,
  value: ColumnValue,
): void {
  if (value === null || isOfType(column, value)) return;
  throw hresult('ERROR_INVALID_PARAMETER', `${printedName} takes ${TYPE_TEXTS[column.type]}.`);
}

const TYPE_TEXTS: Readonly<Record<Column['type'], string>> = {
  long: 'a number from 0 to 4294967295',
  date: 'a date',
  binary: 'bytes',
  string: 'well-formed text',
};

function isOfType(column: Column, value: NonNullable<ColumnValue>): boolean {
  switch (column.type) {
    case 'long':
      return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffffffff;
    case 'date':
      return value instanceof Date && !Number.isNaN(value.getTime());
    case 'binary':
      return value instanceof Uint8Array;
    case 'string':
      return typeof value === 'string' && value.isWellFormed();
  }
}

/** MS-CSRA counts bytes; text is UTF-16 there. */
function lengthOf(value: ColumnValue): number {
  if (typeof value === 'string') return 2 * value.length;
  return value instanceof Uint8Array ? value.length : 0;
}

const COLUMNS_BY_NAME: Readonly<Record<TableName, ReadonlyMap<string, TableColumn>>> = {
  Requests: byName('Requests'),
  Certificates: byName('Certificates'),
  Extensions: byName('Extensions'),
  Attributes: byName('Attributes'),
  CRLs: byName('CRLs'),
};

function byName(table: TableName): ReadonlyMap<string, TableColumn> {
  return new Map(
    TABLES[table].map((column) => [column.name, { table, column, printedName: printedName(table, column) }]),
  );
}

/** The cells that a row or a change sets, checked. Throws ERROR_INVALID_PARAMETER with the name of the column at fault. */
export function cellsOf(
  table: TableName,
  row: Readonly<Record<string, ColumnValue | undefined>>,
): readonly (readonly [column: Column, value: ColumnValue])[] {
  const cells: (readonly [Column, ColumnValue])[] = [];
  for (const [name, value] of Object.entries(row)) {
    if (value === undefined) continue;
    const found = COLUMNS_BY_NAME[table].get(name);
    if (found === undefined) throw hresult('ERROR_INVALID_PARAMETER', `${table} has no column ${name}.`);
    requireColumnType(found, value);
    const { column, printedName } = found;
    if (lengthOf(value) > column.maxLength) {
      throw hresult(
        'ERROR_INVALID_PARAMETER',
        `${printedName} takes ${column.maxLength} bytes, ${lengthOf(value)} were given.`,
      );
    }
    cells.push([column, value]);
  }
  return cells;
}

/** The cells that an update sets; the row's key is none that it may change. */
export function changesOf(
  table: TableName,
  set: Readonly<Record<string, ColumnValue | undefined>>,
  key: string,
  row: number,
): ReturnType<typeof cellsOf> {
  if (set[key] !== undefined && set[key] !== row) {
    throw hresult('ERROR_INVALID_PARAMETER', `${table}: row ${row} keeps its ${key}.`);
  }
  return cellsOf(table, set);
}
