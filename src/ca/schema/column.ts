/**
 * How the tables of columns are typed. The tables themselves stand in `requests.ts`, `certificates.ts`, `extensions.ts`,
 * `attributes.ts` and `crls.ts`; `-view`, `-schema`, SQL and dumps are all made from them.
 */

/** MS-CSRA 3.1.1.1: Long (32 bits), Date (FILETIME), Binary, String. */
export type ColumnType = 'long' | 'date' | 'binary' | 'string';

export interface Column {
  /** As certutil prints it, without the `Request.` prefix. */
  readonly name: string;
  /** MS-CSRA column id. */
  readonly id: number;
  readonly type: ColumnType;
  /** Bytes at most; AD CS refuses longer values. */
  readonly maxLength: number;
  readonly indexed: boolean;
  /** The localized name, e.g. `Request Disposition`. */
  readonly displayName: string;
}

interface ColumnValues {
  long: number;
  date: Date;
  binary: Uint8Array;
  string: string;
}

/** One row: a property a column, null where the column is empty. */
export type Row<Columns extends readonly Column[]> = {
  readonly [C in Columns[number] as C['name']]: ColumnValues[C['type']] | null;
};

export type ColumnValue = ColumnValues[ColumnType] | null;
