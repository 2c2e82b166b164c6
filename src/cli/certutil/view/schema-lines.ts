import type { ColumnType } from '#ca/schema/column';
import type { TableColumn } from '#ca/schema/tables';

const TYPE_TEXTS: Readonly<Record<ColumnType, string>> = {
  long: 'Long',
  date: 'Date',
  binary: 'Binary',
  string: 'String',
};

const NAME_WIDTH = 28;

/** The table that -schema and -view begin with. */
export function schemaLines(columns: readonly TableColumn[]): string[] {
  const row = (...[name, displayName, type, length]: [string, string, string, string]) =>
    `  ${name.padEnd(NAME_WIDTH)}  ${displayName.padEnd(NAME_WIDTH)}  ${type.padEnd(6)}  ${length}`;
  return [
    'Schema:',
    row('Column Name', 'Localized Name', 'Type', 'MaxLength'),
    row('-'.repeat(NAME_WIDTH), '-'.repeat(NAME_WIDTH), '-'.repeat(6), '-'.repeat(9)),
    ...columns.map(({ printedName, column: { displayName, type, maxLength, indexed } }) =>
      row(printedName, displayName, TYPE_TEXTS[type], `${maxLength}${indexed ? ' -- Indexed' : ''}`),
    ),
  ];
}
