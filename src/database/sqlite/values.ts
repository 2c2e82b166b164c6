/** Column values as SQLite holds them, and back. */
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { Column, ColumnValue } from '#ca/schema/column';

/** One row as `setReturnArrays` gives it. */
export type SqlRow = readonly SQLOutputValue[];

export function encodeValue(value: ColumnValue): SQLInputValue {
  return value instanceof Date ? value.getTime() : value;
}

/** STRICT tables hold nothing but the column's own type. */
export function decodeValue(column: Column, value: SQLOutputValue | undefined): ColumnValue {
  if (value === null || value === undefined) return null;
  return column.type === 'date' ? new Date(value as number) : (value as ColumnValue);
}
