/** `certutil -view csv`: a heading of localized names, quoted values, EMPTY for none. */
import type { ColumnValue } from '#ca/schema/column';
import type { TableColumn } from '#ca/schema/tables';
import { encodeBase64 } from '#pki/asn1/base64';
import { type DateStyle, formatDate } from '../../io/date.ts';
import { longMeaning, printedString, statusText } from './value-lines.ts';

export function csvHeading(columns: readonly TableColumn[]): string {
  return columns.map(({ column }) => quoted(column.displayName)).join(',');
}

export function csvRow(
  columns: readonly TableColumn[],
  value: (column: TableColumn) => ColumnValue,
  style: DateStyle,
): string {
  return columns.map((column) => csvValue(column, value(column), style)).join(',');
}

function csvValue({ column: { name } }: TableColumn, value: ColumnValue, style: DateStyle): string {
  if (value === null) return 'EMPTY';
  if (value instanceof Date) return quoted(formatDate(value, style));
  if (typeof value === 'string') return quoted(printedString(name, value));
  if (typeof value === 'number') return quoted(numberText(name, value));
  if (name === 'RawArchivedKey') return quoted('Yes');
  // Certificates and requests in one line of base 64: a field of many lines defeats most readers.
  return quoted(encodeBase64(value));
}

function numberText(name: string, value: number): string {
  if (name === 'StatusCode' || name === 'CRLPublishStatusCode') return statusText(value);
  const meaning = longMeaning(name, value);
  return meaning === '' ? String(value) : `${value} -- ${meaning}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
