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

/** Columns in which so many rows share a value that an index over them finds too much. */
const COMMON: ReadonlySet<string> = new Set(['Disposition', 'CertificateTemplate']);

/** True where a restriction leaves few rows: then the other indexes must not be gone through instead. */
function isSelective({ column, operator, value }: PlannedRestriction, all: readonly PlannedRestriction[]): boolean {
  const { name, indexed, type } = column.column;
  if (!indexed || COMMON.has(name) || value === null) return false;
  if (operator === '=') return true;
  // Texts between two others: those that begin alike.
  const bounds = (upper: boolean) =>
    all.some((other) => other.column === column && (upper ? /^</ : /^>/).test(other.operator));
  return type === 'string' && bounds(false) && bounds(true);
}

function condition(
  { column, operator, value }: PlannedRestriction,
  bind: (value: SQLInputValue) => string,
  isFound: boolean,
): string {
  // A unary plus keeps SQLite from the column's index (https://www.sqlite.org/optoverview.html, "Disqualifying WHERE terms").
  const left = `${isFound && COMMON.has(column.column.name) ? '+' : ''}${expression(column)}`;
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
  const isFound = plan.restrictions.some((restriction, _, all) => isSelective(restriction, all));
  const conditions = plan.restrictions.map((restriction) => condition(restriction, bind, isFound));
  const sql = [
    `SELECT ${plan.columns.map(expression).join(', ') || '1'} FROM ${from}`,
    ...(conditions.length > 0 ? [`WHERE ${conditions.join(' AND ')}`] : []),
    `ORDER BY ${order.join(', ')}`,
    ...(plan.limit === undefined ? [] : [`LIMIT ${bind(plan.limit)}`]),
  ].join(' ');
  return { sql, parameters };
}
