/** `-restrict "Disposition=Issued,NotAfter<=now+30:00,-RequestID>5"`. */
import type { Restriction, ViewTable } from '#ca/ports';
import type { ColumnValue } from '#ca/schema/column';
import { DB_DISP, DISPOSITION_TEXTS, REVOCATION_REASON_TEXTS } from '#ca/schema/dispositions';
import type { TableColumn } from '#ca/schema/tables';
import type { CertificateTemplate } from '#ca/template/certificate-template';
import { findTemplate, storedName } from '#ca/template/matching';
import { hresult } from '#hresult/hresult-error';
import { parseHex } from '#pki/asn1/bytes';
import { parseDate } from './parse-date.ts';
import { viewColumn } from './view-columns.ts';

export interface ParsedRestrictions {
  readonly restrictions: readonly Restriction[];
  readonly sort: { readonly column: string; readonly descending: boolean } | undefined;
}

export interface RestrictionContext {
  readonly table: ViewTable;
  readonly now: Date;
  readonly templates: readonly CertificateTemplate[];
  /** The greatest value of a Long column, for `$`. */
  lastValue(column: TableColumn): Promise<number>;
}

/** The value of a hash column is stored without the blanks it is printed with. */
const HASH_COLUMNS: ReadonlySet<string> = new Set(['CertificateHash', 'SubjectKeyIdentifier', 'SerialNumber']);

/** Throws ERROR_INVALID_PARAMETER with what it did not understand. */
export async function parseRestrictions(text: string, context: RestrictionContext): Promise<ParsedRestrictions> {
  const restrictions: Restriction[] = [];
  let sort: ParsedRestrictions['sort'];
  for (const part of parts(text)) {
    const [, sign, name = '', rest] = /^([+-]?)\s*([\w.]+)\s*(.*)$/s.exec(part) ?? [];
    // The sign stands before a column alone, or before one that is compared too: `+RequesterName >= a`.
    if (sign) sort = { column: restrictedColumn(context.table, name).printedName, descending: sign === '-' };
    if (!sign || rest) restrictions.push(await parseRestriction(sign ? `${name} ${rest}` : part, context));
  }
  return { restrictions, sort };
}

/** Commas part, except between quotation marks. */
function parts(text: string): string[] {
  return [...text.matchAll(/(?:"[^"]*"|[^,"])+/g)].map(([part]) => part.trim()).filter((part) => part !== '');
}

async function parseRestriction(part: string, context: RestrictionContext): Promise<Restriction> {
  const match = /^([\w.]+)\s*(<=|>=|==|!=|=|<|>)\s*(.*)$/s.exec(part);
  if (!match)
    throw hresult('ERROR_INVALID_PARAMETER', `"${part}" is no restriction such as Disposition=20.`, {
      hint: 'compare columns: -restrict "Disposition=20,RequestID>5"',
    });
  const column = restrictedColumn(context.table, match[1]!);
  const operator = (match[2] === '==' ? '=' : match[2]) as Restriction['operator'];
  const value = await parseValue(match[3]!.trim().replace(/^"(.*)"$/s, '$1'), column, context);
  // An empty text means an empty column, and whatever is greater than that is not empty.
  if (value === null && operator === '>') return { column: column.printedName, operator: '!=', value };
  return { column: column.printedName, operator, value };
}

/** A request has its number whether or not it came to a certificate, so the bare name means the request's. */
function restrictedColumn(table: ViewTable, name: string): TableColumn {
  return viewColumn(table, table === 'Requests' && name.toLowerCase() === 'requestid' ? 'Request.RequestID' : name);
}

/** `Issued`, `Key Compromise`: what -view prints behind the number. */
function valueOfName(column: string, text: string): number | undefined {
  const bare = (word: string) => word.toLowerCase().replaceAll(/[\s_]/g, '');
  const wanted = bare(text);
  if (column === 'Disposition') {
    const names = Object.keys(DB_DISP) as (keyof typeof DB_DISP)[];
    const found = names.find((name) => [bare(name), bare(DISPOSITION_TEXTS[name])].includes(wanted));
    return found && DB_DISP[found];
  }
  if (column !== 'RevokedReason') return undefined;
  const found = Object.entries(REVOCATION_REASON_TEXTS).find(([, name]) => bare(name) === wanted);
  return found && Number(found[0]);
}

/** A template by its name, display name or OID is what stands in its certificates' rows; of an unknown one that is the text. */
function templateValue(text: string, templates: readonly CertificateTemplate[]): string {
  const shown = (template: CertificateTemplate) => template.displayName.toLowerCase() === text.toLowerCase();
  const template = findTemplate(templates, text) ?? templates.find(shown);
  return template ? storedName(template) : text;
}

async function parseValue(text: string, column: TableColumn, context: RestrictionContext): Promise<ColumnValue> {
  if (text === '') return null;
  const { name, type } = column.column;
  switch (type) {
    case 'long': {
      const last = /^\$(?:-([0-9]{1,9}))?$/.exec(text);
      if (last) return Math.max(0, (await context.lastValue(column)) - Number(last[1] ?? 0));
      if (/^(?:0x[0-9a-f]{1,8}|[0-9]{1,10})$/i.test(text)) return Number(text);
      const named = valueOfName(name, text);
      if (named !== undefined) return named;
      throw hresult('ERROR_INVALID_PARAMETER', `"${text}" is no number for ${column.printedName}.`, {
        hint: 'decimal, or hexadecimal behind 0x',
      });
    }
    case 'date':
      return parseDate(text, context.now);
    case 'binary':
      return parseHex(text);
    case 'string':
      if (name === 'CertificateTemplate') return templateValue(text, context.templates);
      return HASH_COLUMNS.has(name) ? text.replaceAll(/\s/g, '').toLowerCase() : text;
  }
}
