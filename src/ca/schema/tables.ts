/** The five tables of the published schema, and columns by the names certutil prints and reads. */
import { ATTRIBUTE_COLUMNS } from './attributes.ts';
import { CERTIFICATE_COLUMNS } from './certificates.ts';
import type { Column } from './column.ts';
import { CRL_COLUMNS } from './crls.ts';
import { EXTENSION_COLUMNS } from './extensions.ts';
import { REQUEST_COLUMNS } from './requests.ts';

export type TableName = 'Requests' | 'Certificates' | 'Extensions' | 'Attributes' | 'CRLs';

/** In the order in which certutil lists them. */
export const TABLES: Readonly<Record<TableName, readonly Column[]>> = {
  Requests: REQUEST_COLUMNS,
  Certificates: CERTIFICATE_COLUMNS,
  Extensions: EXTENSION_COLUMNS,
  Attributes: ATTRIBUTE_COLUMNS,
  CRLs: CRL_COLUMNS,
};

export interface TableColumn {
  readonly table: TableName;
  readonly column: Column;
  /** `Request.Disposition`, `SerialNumber`. */
  readonly printedName: string;
}

function tableColumns(table: TableName): TableColumn[] {
  return TABLES[table].map((column) => ({ table, column, printedName: printedName(table, column) }));
}

/** Columns of the request table carry their table's name, all others stand alone. */
export function printedName(table: TableName, column: Column): string {
  return table === 'Requests' ? `Request.${column.name}` : column.name;
}

/** Every column, in the order of `certutil -schema`. */
export const TABLE_COLUMNS: readonly TableColumn[] = Object.keys(TABLES).flatMap((table) =>
  tableColumns(table as TableName),
);

/** Later entries win: a bare name means the request table only where no other table has it. */
const BY_NAME: ReadonlyMap<string, TableColumn> = new Map([
  ...TABLE_COLUMNS.filter(({ table }) => table === 'Requests').map(
    (found) => [found.column.name.toLowerCase(), found] as const,
  ),
  ...TABLE_COLUMNS.map((found) => [found.printedName.toLowerCase(), found] as const),
]);

/**
 * The column of a printed name, case aside. A bare name of the request table (`Disposition`) is found where no other table
 * uses it; `CommonName` is the certificate's.
 */
export function columnOf(name: string): TableColumn | undefined {
  return BY_NAME.get(name.toLowerCase());
}
