import { createHash } from 'node:crypto';
import { createSchema } from '../schema/ddl.ts';
import type { Dialect } from '../schema/dialect.ts';

export interface Migration {
  /** They run in this order, once each. */
  readonly number: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/**
 * How a database comes to its present form. What ran once never changes again, since databases remember its checksum: a new
 * column in a table of columns is a new migration, and the first one must go on without it.
 */
export function migrations(dialect: Dialect): readonly Migration[] {
  return [{ number: 1, name: 'initial schema', statements: createSchema(dialect) }];
}

/** SHA-256 over the statements, lower-case hex. */
export function migrationChecksum({ statements }: Migration): string {
  return createHash('sha256').update(statements.join(';\n')).digest('hex');
}
