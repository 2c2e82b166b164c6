import type { SQLInputValue } from 'node:sqlite';
import type { TableColumn } from '#ca/schema/tables';
import { isIa5String } from '#pki/asn1/strings';
import { comparable, quoted } from '../schema/ddl.ts';
import { foldUnicode } from '../text-order.ts';
import type { PlannedRestriction, ViewPlan } from '../view-plan.ts';
import { SQLITE } from './dialect.ts';
import { encodeValue } from './values.ts';

/** The SQL function that `foldUnicode` is registered as. */
export const FOLD_UNICODE = 'fold_unicode';

const SOURCES: Readonly<Record<ViewPlan['table'], { readonly from: string; readonly key: readonly string[] }>> = {
  Requests: {
    from: '"Requests" LEFT JOIN "Certificates" ON "Certificates"."RequestID" = "Requests"."RequestID"',
    key: ['"Requests"."RequestID"'],
  },
  Extensions: { from: '"Extensions"', key: ['"Extensions"."ExtensionRequestId"', '"Extensions"."Position"'] },
  Attributes: { from: '"Attributes"', key: ['"Attributes"."AttributeRequestId"', '"Attributes"."Position"'] },
  CRLs: { from: '"CRLs"', key: ['"CRLs"."CRLRowId"'] },
};

function expression({ table, column }: TableColumn): string {
  // AD CS makes both rows at once: a request without a certificate has its number in both columns.
  if (table === 'Certificates' && column.name === 'RequestID') return '"Requests"."RequestID"';
  return `${quoted(table)}.${quoted(column.name)}`;
}

/** `!=` is the complement of `=`: it holds for empty columns; the orders do not. */
const OPERATORS: Readonly<Record<PlannedRestriction['operator'], string>> = {
  '=': '=',
  '!=': 'IS DISTINCT FROM',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

function condition({ column, operator, value }: PlannedRestriction, bind: (value: SQLInputValue) => string): string {
  const left = expression(column);
  if (value === null) return `${left} IS ${operator === '=' ? '' : 'NOT '}NULL`;
  if (typeof value === 'string' && !isIa5String(value)) {
    return `${FOLD_UNICODE}(${left}) ${OPERATORS[operator]} ${bind(foldUnicode(value))}`;
  }
  return `${comparable(column.column, left, SQLITE)} ${OPERATORS[operator]} ${bind(encodeValue(value))}`;
}

/** One SELECT with every value bound; reads no column that was not asked for. */
export function viewSql(plan: ViewPlan): { readonly sql: string; readonly parameters: readonly SQLInputValue[] } {
  const parameters: SQLInputValue[] = [];
  const bind = (value: SQLInputValue): string => {
    parameters.push(value);
    return '?';
  };
  const { from, key } = SOURCES[plan.table];
  const direction = plan.sort?.descending ? 'DESC' : 'ASC';
  const nulls = plan.sort?.descending ? 'NULLS LAST' : 'NULLS FIRST';
  const order = [
    ...(plan.sort
      ? [`${comparable(plan.sort.column.column, expression(plan.sort.column), SQLITE)} ${direction} ${nulls}`]
      : []),
    ...key.map((column) => `${column} ${direction}`),
  ];
  const conditions = plan.restrictions.map((restriction) => condition(restriction, bind));
  const sql = [
    `SELECT ${plan.columns.map(expression).join(', ') || '1'} FROM ${from}`,
    ...(conditions.length > 0 ? [`WHERE ${conditions.join(' AND ')}`] : []),
    `ORDER BY ${order.join(', ')}`,
    ...(plan.limit === undefined ? [] : [`LIMIT ${bind(plan.limit)}`]),
  ].join(' ');
  return { sql, parameters };
}
