/**
 * How the tables of columns are typed. The tables themselves stand in `requests.ts`, `certificates.ts`, `extensions.ts`,
 * `attributes.ts` and `crls.ts`, together in `tables.ts`; `-view`, `-schema`, SQL and dumps are all made from them.
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

type Named<Name extends string, Type extends ColumnType> = Column & { readonly name: Name; readonly type: Type };

function column<Name extends string, Type extends ColumnType>(
  type: Type,
  id: number,
  name: Name,
  maxLength: number,
  displayName: string,
  indexed: 'indexed' | undefined,
): Named<Name, Type> {
  return { name, id, type, maxLength, indexed: indexed !== undefined, displayName };
}

export function long<Name extends string>(id: number, name: Name, displayName: string, indexed?: 'indexed') {
  return column('long', id, name, 4, displayName, indexed);
}

export function date<Name extends string>(id: number, name: Name, displayName: string, indexed?: 'indexed') {
  return column('date', id, name, 8, displayName, indexed);
}

export function binary<Name extends string>(id: number, name: Name, maxLength: number, displayName: string) {
  return column('binary', id, name, maxLength, displayName, undefined);
}

export function string<Name extends string>(
  id: number,
  name: Name,
  maxLength: number,
  displayName: string,
  indexed?: 'indexed',
) {
  return column('string', id, name, maxLength, displayName, indexed);
}
