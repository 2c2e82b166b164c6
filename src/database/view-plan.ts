/** A view's query with its names looked up and its values checked: what both databases answer from. */
import type { Restriction, ViewQuery, ViewTable } from '#ca/ports';
import type { ColumnValue } from '#ca/schema/column';
import { columnOf, TABLE_COLUMNS, type TableColumn, type TableName } from '#ca/schema/tables';
import { hresult } from '#hresult/hresult-error';
import { requireColumnType } from './column-value.ts';

export interface PlannedRestriction {
  readonly column: TableColumn;
  readonly operator: Restriction['operator'];
  readonly value: ColumnValue;
}

export interface ViewPlan {
  readonly table: ViewTable;
  readonly restrictions: readonly PlannedRestriction[];
  readonly columns: readonly TableColumn[];
  readonly sort: { readonly column: TableColumn; readonly descending: boolean } | undefined;
  readonly limit: number | undefined;
}

function tablesOf(view: ViewTable): readonly TableName[] {
  return view === 'Requests' ? ['Requests', 'Certificates'] : [view];
}

/**
 * Throws ERROR_INVALID_PARAMETER for a column that the view has not, a value of another type, an order asked of an empty
 * value, or a limit that is no count.
 */
export function planView(query: ViewQuery): ViewPlan {
  const { table, limit } = query;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)) {
    throw hresult('ERROR_INVALID_PARAMETER', `A view of ${limit} rows cannot be made.`);
  }
  return {
    table,
    restrictions: (query.restrictions ?? []).map((restriction) => planRestriction(table, restriction)),
    columns: query.columns?.map((name) => viewColumn(table, name)) ?? allColumns(table),
    sort: query.sort && { column: viewColumn(table, query.sort.column), descending: query.sort.descending },
    limit,
  };
}

function allColumns(view: ViewTable): readonly TableColumn[] {
  return TABLE_COLUMNS.filter(({ table }) => tablesOf(view).includes(table));
}

function viewColumn(view: ViewTable, name: string): TableColumn {
  // CRLPartitionIndex alone is the CRL's; in a view of requests it can only mean theirs.
  const found = [columnOf(name), columnOf(`Request.${name}`)].find(
    (column) => column !== undefined && tablesOf(view).includes(column.table),
  );
  if (found === undefined) throw hresult('ERROR_INVALID_PARAMETER', `The view ${view} has no column ${name}.`);
  return found;
}

function planRestriction(view: ViewTable, { column: name, operator, value }: Restriction): PlannedRestriction {
  const column = viewColumn(view, name);
  requireColumnType(column, value);
  if (value === null && operator !== '=' && operator !== '!=') {
    throw hresult('ERROR_INVALID_PARAMETER', `${column.printedName} ${operator} an empty value has no meaning.`);
  }
  return { column, operator, value };
}
