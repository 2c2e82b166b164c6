/** What `certutil -view` was asked for, out of its words and options. */
import type { CertificationAuthority } from '#ca/api';
import type { ViewQuery } from '#ca/ports';
import type { TableColumn } from '#ca/schema/tables';
import type { CertificateTemplate } from '#ca/template/certificate-template';
import { hresult } from '#hresult/hresult-error';
import { parseRestrictions } from './parse-restrictions.ts';
import { columnsOf, dispositionIs, parseColumns, type ViewKind, viewColumn, viewKind } from './view-columns.ts';

export interface ViewPlan {
  /** One a disposition; their rows come merged in the order of `sort`. */
  readonly queries: readonly ViewQuery[];
  readonly sort: NonNullable<ViewQuery['sort']>;
  readonly columns: readonly TableColumn[];
  /** Attributes and extensions stand below each request: where neither -out nor a queue chose columns. */
  readonly isFull: boolean;
  readonly isCsv: boolean;
}

export interface ViewRequest {
  readonly words: readonly string[];
  readonly restrict: string | undefined;
  readonly out: string | undefined;
  readonly now: Date;
  /** Of the directory, so that a restriction may name them. */
  readonly templates: readonly CertificateTemplate[];
}

const EVERYTHING: ViewKind = { table: 'Requests' };

export async function planView(request: ViewRequest, authority: CertificationAuthority): Promise<ViewPlan> {
  const isCsv = request.words.some((word) => word.toLowerCase() === 'csv');
  const [word, ...more] = request.words.filter((candidate) => candidate.toLowerCase() !== 'csv');
  const kind = word === undefined ? EVERYTHING : viewKind(word);
  if (kind === undefined || more.length > 0) {
    throw hresult('ERROR_INVALID_PARAMETER', `"${request.words.join(' ')}" names no view.`, {
      hint: 'one of Queue, Log, LogFail, Revoked, Ext, Attrib, CRL, and csv',
    });
  }
  const { table } = kind;
  const columns =
    request.out === undefined
      ? (kind.columns?.map((name) => viewColumn(table, name)) ?? columnsOf(table))
      : parseColumns(table, request.out);
  const { restrictions, sort } = await parseRestrictions(request.restrict ?? '', {
    table,
    now: request.now,
    templates: request.templates,
    lastValue: (column) => lastValue(authority, table, column),
  });
  const read = new Set(columns.map(({ printedName }) => printedName));
  if (table === 'Requests') read.add('Request.RequestID');
  if (sort) read.add(sort.column);
  const query: ViewQuery = { table, restrictions, columns: [...read], ...(sort && { sort }) };
  const queries = kind.dispositions?.map((disposition) => ({
    ...query,
    restrictions: [dispositionIs(disposition), ...restrictions],
  })) ?? [query];
  const isFull = table === 'Requests' && kind === EVERYTHING && request.out === undefined && !isCsv;
  return { queries, sort: sort ?? { column: 'Request.RequestID', descending: false }, columns, isFull, isCsv };
}

/** `$`: the greatest number there is in a column. */
async function lastValue(
  authority: CertificationAuthority,
  table: ViewQuery['table'],
  { printedName }: TableColumn,
): Promise<number> {
  const rows = authority.view({
    table,
    columns: [printedName],
    restrictions: [{ column: printedName, operator: '!=', value: null }],
    sort: { column: printedName, descending: true },
    limit: 1,
  });
  for await (const row of rows) return Number(row.get(printedName));
  return 0;
}
