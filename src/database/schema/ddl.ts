/** The tables of the database, made from the tables of columns. */
import type { Column, ColumnType } from '#ca/schema/column';
import { TABLES, type TableName } from '#ca/schema/tables';
import type { Dialect } from './dialect.ts';

export function quoted(name: string): string {
  return `"${name}"`;
}

/**
 * Columns that few rows fill: an index over the filled ones costs an ordinary row nothing. It serves every comparison, but
 * neither `IS NULL` nor a sort of the whole table.
 */
const SPARSE: ReadonlySet<string> = new Set([
  'RevokedEffectiveWhen',
  'EndorsementKeyHash',
  'EndorsementCertificateHash',
  'CRLPartitionIndex',
]);

/** Short values first: engines read a row from its beginning, and long bytes before a short value would be walked over. */
const STORAGE_ORDER: Readonly<Record<ColumnType, number>> = { long: 0, date: 1, string: 2, binary: 3 };

interface TableShape {
  /** Column name to what stands behind its type. */
  readonly constraints: Readonly<Record<string, string>>;
  /** A key of our own before the published columns. */
  readonly numbered?: boolean;
}

const REQUEST_REFERENCE = 'NOT NULL REFERENCES "Requests" ON DELETE CASCADE';

const SHAPES: Readonly<Record<TableName, TableShape>> = {
  Requests: { constraints: { RequestID: 'PRIMARY KEY' } },
  Certificates: { constraints: { RequestID: 'PRIMARY KEY REFERENCES "Requests" ON DELETE CASCADE' } },
  Extensions: { numbered: true, constraints: { ExtensionRequestId: REQUEST_REFERENCE, ExtensionName: 'NOT NULL' } },
  Attributes: { numbered: true, constraints: { AttributeRequestId: REQUEST_REFERENCE, AttributeName: 'NOT NULL' } },
  CRLs: { constraints: { CRLRowId: 'PRIMARY KEY' } },
};

function createTable(name: string, definitions: readonly string[], dialect: Dialect): string {
  return `CREATE TABLE ${quoted(name)} (\n  ${definitions.join(',\n  ')}\n)${dialect.tableOptions}`;
}

function publishedTable(table: TableName, dialect: Dialect): string {
  const { constraints, numbered } = SHAPES[table];
  const columns = TABLES[table]
    .toSorted((a, b) => STORAGE_ORDER[a.type] - STORAGE_ORDER[b.type])
    .map(({ name, type }) => [quoted(name), dialect.types[type], constraints[name] ?? ''].join(' ').trimEnd());
  return createTable(table, [...(numbered ? [`"Position" ${dialect.numberedKey}`] : []), ...columns], dialect);
}

/** The expression by which a column is compared and sorted. */
export function comparable(column: Column, expression: string, dialect: Dialect): string {
  return column.type === 'string' ? dialect.caseless(expression) : expression;
}

/** What makes a row unlike all others of its request; an insert of the same replaces it. */
export function uniqueNames(table: 'Extensions' | 'Attributes', dialect: Dialect): string {
  return table === 'Extensions'
    ? `"ExtensionRequestId", ${dialect.caseless('"ExtensionName"')}`
    : `"AttributeRequestId", ${dialect.caseless('"AttributeName"')}`;
}

function indexes(table: TableName, dialect: Dialect): string[] {
  // A key needs no index of its own, and the unique names begin with their request.
  const served = Object.keys(SHAPES[table].constraints);
  return TABLES[table]
    .filter(({ indexed, name }) => indexed && !served.includes(name))
    .map((column) => {
      const unique = column.name === 'SerialNumber' ? 'UNIQUE ' : '';
      const filled = SPARSE.has(column.name) ? ` WHERE ${quoted(column.name)} IS NOT NULL` : '';
      const over = comparable(column, quoted(column.name), dialect);
      return `CREATE ${unique}INDEX ${quoted(`${table}_${column.name}`)} ON ${quoted(table)} (${over})${filled}`;
    });
}

/** Every statement that makes an empty database, in order. */
export function createSchema(dialect: Dialect): readonly string[] {
  const { long, date, string, binary } = dialect.types;
  const names = Object.keys(TABLES) as TableName[];
  return [
    ...names.map((table) => publishedTable(table, dialect)),
    ...names.flatMap((table) => indexes(table, dialect)),
    `CREATE UNIQUE INDEX "Extensions_names" ON "Extensions" (${uniqueNames('Extensions', dialect)})`,
    `CREATE UNIQUE INDEX "Attributes_names" ON "Attributes" (${uniqueNames('Attributes', dialect)})`,
    createTable('Signings', [`"RequestID" ${long} PRIMARY KEY`, `"toBeSigned" ${binary} NOT NULL`], dialect),
    // The highest request number that was deleted: numbers are given out once.
    createTable('Numbers', [`"name" ${string} PRIMARY KEY`, `"last" ${long} NOT NULL`], dialect),
    createTable(
      'Registry',
      [
        `"path" ${string} NOT NULL`,
        `"name" ${string} NOT NULL`,
        `"type" ${string} NOT NULL`,
        `"data" ${string} NOT NULL`,
      ],
      dialect,
    ),
    `CREATE UNIQUE INDEX "Registry_names" ON "Registry" (${dialect.caseless('"path"')}, ${dialect.caseless('"name"')})`,
    createTable(
      'Audit',
      [
        `"index" ${long} PRIMARY KEY`,
        `"time" ${date} NOT NULL`,
        `"eventId" ${long} NOT NULL`,
        `"subject" ${string} NOT NULL`,
        `"outcome" ${string} NOT NULL`,
        `"fields" ${string} NOT NULL`,
        `"hash" ${binary} NOT NULL`,
      ],
      dialect,
    ),
    createTable(
      'Events',
      [
        `"index" ${dialect.numberedKey}`,
        `"time" ${date} NOT NULL`,
        `"source" ${string} NOT NULL`,
        `"eventId" ${long} NOT NULL`,
        `"level" ${string} NOT NULL`,
        `"text" ${string} NOT NULL`,
        `"variables" ${string} NOT NULL`,
      ],
      dialect,
    ),
    ...dialect.guards,
  ];
}
