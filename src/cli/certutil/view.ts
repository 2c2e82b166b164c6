import type { CertificationAuthority } from '#ca/api';
import type { ViewRow } from '#ca/ports';
import type { ColumnValue } from '#ca/schema/column';
import type { TableColumn } from '#ca/schema/tables';
import { encodeBase64 } from '#pki/asn1/base64';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import type { Page } from './dump/page.ts';
import { openPage } from './dump.ts';
import { knownTemplates } from './template/lookup.ts';
import { dateStyle } from './text/date-style.ts';
import { printable } from './text/printable.ts';
import { csvHeading, csvRow } from './view/csv.ts';
import { extensionLines } from './view/extension-lines.ts';
import { mergeRows } from './view/merge-rows.ts';
import { schemaLines } from './view/schema-lines.ts';
import { ViewStatistics } from './view/statistics.ts';
import { type ValueStyle, valueLines } from './view/value-lines.ts';
import { planView, type ViewPlan } from './view/view-plan.ts';
import { withAuthority } from './with-authority.ts';

/** `certutil -view [Queue|Log|LogFail|Revoked|Ext|Attrib|CRL] [csv]`. */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, options, clock, out } = context;
  return withAuthority(context, async (authority) => {
    const templates = await knownTemplates(context);
    const plan = await planView(
      { words: args, restrict: options.value('restrict'), out: options.value('out'), now: clock.now(), templates },
      authority,
    );
    const displayNames = new Map(templates.map(({ oid, displayName }) => [oid, displayName]));
    const style: ValueStyle = { ...dateStyle(options), templates: displayNames };
    const statistics = new ViewStatistics();
    const page = await openPage(context);
    const rows: Json[] = [];
    for (const line of plan.isCsv ? [csvHeading(plan.columns)] : [...schemaLines(plan.columns), '']) out(line);
    for await (const row of rowsOf(authority, plan)) {
      statistics.addRow(plan.columns.map((column) => cell(row, column)));
      if (plan.isCsv) out(csvRow(plan.columns, (column) => cell(row, column), style));
      else printRow(context, plan, row, statistics.rows, style);
      const details = plan.isFull ? await showDetails(context, authority, row, statistics, page) : {};
      if (!plan.isCsv) out();
      if (context.isJson) rows.push({ ...rowJson(plan, row), ...details });
    }
    if (!plan.isCsv) for (const line of statistics.lines()) out(line);
    return rows;
  });
}

function rowsOf(authority: CertificationAuthority, { queries, sort }: ViewPlan): AsyncIterable<ViewRow> {
  const streams = queries.map((query) => authority.view(query));
  return streams.length === 1 ? streams[0]! : mergeRows(streams, sort);
}

function cell(row: ViewRow, { printedName }: TableColumn): ColumnValue {
  const value = row.get(printedName) ?? null;
  // Windows keeps the certificate's row, with its number, for every request.
  return value === null && printedName === 'RequestID' ? (row.get('Request.RequestID') ?? null) : value;
}

function printRow({ out }: CertutilContext, plan: ViewPlan, row: ViewRow, number: number, style: ValueStyle): void {
  out(`Row ${number}:`);
  for (const column of plan.columns) for (const line of valueLines(column, cell(row, column), style)) out(line);
}

/** The attributes and extensions of one request. */
async function showDetails(
  { out }: CertutilContext,
  authority: CertificationAuthority,
  row: ViewRow,
  statistics: ViewStatistics,
  page: Page,
): Promise<{ readonly attributes: Json; readonly extensions: Json }> {
  const id = row.get('Request.RequestID')!;
  const attributes: { name: string; value: string }[] = [];
  for await (const found of authority.view({
    table: 'Attributes',
    restrictions: [{ column: 'AttributeRequestId', operator: '=', value: id }],
  })) {
    const name = String(found.get('AttributeName') ?? '');
    const value = String(found.get('AttributeValue') ?? '');
    if (attributes.length === 0) for (const line of ['', '  Request Attributes:']) out(line);
    out(`    ${printable(name)}: "${printable(value)}"`);
    statistics.addAttribute(name, value);
    attributes.push({ name, value });
  }
  const extensions: Json[] = [];
  for await (const found of authority.view({
    table: 'Extensions',
    restrictions: [{ column: 'ExtensionRequestId', operator: '=', value: id }],
  })) {
    const name = String(found.get('ExtensionName') ?? '');
    const flags = Number(found.get('ExtensionFlags') ?? 0);
    const value = (found.get('ExtensionRawValue') as Uint8Array | null) ?? new Uint8Array();
    if (extensions.length === 0) for (const line of ['', '  Certificate Extensions:']) out(line);
    for (const line of await extensionLines({ name, flags, value }, page)) out(line);
    statistics.addExtension(name, value);
    extensions.push({ name, flags, value: encodeBase64(value) });
  }
  return { attributes, extensions };
}

/** Dates in ISO 8601, binary in base 64; the archived key is only told to be there. */
function rowJson({ columns }: ViewPlan, row: ViewRow): { readonly [name: string]: Json } {
  return Object.fromEntries(
    columns.map((column) => {
      const value = cell(row, column);
      const isKey = column.printedName === 'Request.RawArchivedKey';
      if (value instanceof Uint8Array) return [column.printedName, isKey ? true : encodeBase64(value)];
      return [column.printedName, value instanceof Date ? value.toISOString() : value];
    }),
  );
}
