import type { ColumnType } from '#ca/schema/column';

/** Where the SQL of one database engine differs from another's. */
export interface Dialect {
  readonly types: Readonly<Record<ColumnType, string>>;
  /** A 64-bit key that the engine numbers itself, ascending. */
  readonly numberedKey: string;
  /** What stands behind the closing bracket of CREATE TABLE. */
  readonly tableOptions: string;
  /** The expression as text is compared without regard to the case of A to Z; indexes are made over it. */
  caseless(expression: string): string;
  /** The statements that guard rows against changes the rules forbid: triggers are written differently everywhere. */
  readonly guards: readonly string[];
}
