/** Which table a word behind -view or -schema means, its columns, and those that are shown unless -out names others. */
import type { Restriction, ViewTable } from '#ca/ports';
import { DB_DISP } from '#ca/schema/dispositions';
import { columnOf, TABLE_COLUMNS, type TableColumn, type TableName } from '#ca/schema/tables';
import { hresult } from '#hresult/hresult-error';

export interface ViewKind {
  readonly table: ViewTable;
  /** Printed names; all columns of the table where absent. MS-CSRA 3.1.4.1.15 GetViewDefaultColumnSet. */
  readonly columns?: readonly string[];
  /** The rows are those of any of these dispositions. */
  readonly dispositions?: readonly number[];
}

const NAME_COLUMNS = ['EMail', 'OrgUnit', 'Organization', 'Locality', 'State', 'Country'];

const UNDECIDED = [
  ...['RequestID', 'RequesterName', 'SubmittedWhen', 'StatusCode', 'DispositionMessage'].map(
    (name) => `Request.${name}`,
  ),
  'CertificateTemplate',
  ...['CommonName', ...NAME_COLUMNS].map((name) => `Request.${name}`),
  'Request.RawRequest',
];

const ISSUED = [
  ...['Request.RequestID', 'Request.RequesterName', 'SerialNumber', 'NotBefore', 'NotAfter', 'CertificateTemplate'],
  ...['CommonName', ...NAME_COLUMNS, 'RawCertificate'],
];

/** Which dispositions each queue holds is assumed, but for their names' sense. */
const VIEW_KINDS: Readonly<Record<string, ViewKind>> = {
  queue: { table: 'Requests', columns: UNDECIDED, dispositions: [DB_DISP.PENDING] },
  log: { table: 'Requests', columns: ISSUED, dispositions: [DB_DISP.ISSUED, DB_DISP.FOREIGN] },
  logfail: { table: 'Requests', columns: UNDECIDED, dispositions: [DB_DISP.ERROR, DB_DISP.DENIED] },
  revoked: {
    table: 'Requests',
    columns: [...ISSUED, ...['RevokedWhen', 'RevokedEffectiveWhen', 'RevokedReason'].map((name) => `Request.${name}`)],
    dispositions: [DB_DISP.REVOKED],
  },
  ext: { table: 'Extensions' },
  attrib: { table: 'Attributes' },
  crl: { table: 'CRLs' },
};

/** Undefined for a word that names no view. */
export function viewKind(word: string): ViewKind | undefined {
  return Object.hasOwn(VIEW_KINDS, word.toLowerCase()) ? VIEW_KINDS[word.toLowerCase()] : undefined;
}

function tablesOf(view: ViewTable): readonly TableName[] {
  return view === 'Requests' ? ['Requests', 'Certificates'] : [view];
}

export function columnsOf(view: ViewTable): readonly TableColumn[] {
  return TABLE_COLUMNS.filter(({ table }) => tablesOf(view).includes(table));
}

/** Names of the tables before their columns: only `Request.` is printed, the others may be typed. */
const TABLE_PREFIX = /^(?:certificate|cert|extension|ext|attribute|attrib|crl)\./i;

/** Throws ERROR_INVALID_PARAMETER for a column the view has not. */
export function viewColumn(view: ViewTable, typed: string): TableColumn {
  const name = typed.replace(TABLE_PREFIX, '');
  // CRLPartitionIndex alone is the CRL's; in a view of requests it can only mean theirs.
  const found = [columnOf(name), columnOf(`Request.${name}`)].find(
    (column) => column !== undefined && tablesOf(view).includes(column.table),
  );
  if (found) return found;
  throw hresult('ERROR_INVALID_PARAMETER', `"${typed}" is no column of this view.`, {
    hint: 'certutil -schema lists the columns',
  });
}

/** `-out RequestID,CommonName`; a number is the place of a column in -schema, from 0. Blanks do not count. */
export function parseColumns(view: ViewTable, list: string): TableColumn[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => (/^[0-9]+$/.test(name) ? numberedColumn(view, name) : viewColumn(view, name)));
}

function numberedColumn(view: ViewTable, text: string): TableColumn {
  const columns = columnsOf(view);
  const found = columns[Number(text)];
  if (found) return found;
  throw hresult('ERROR_INVALID_PARAMETER', `Column ${text}: the columns are counted from 0 to ${columns.length - 1}.`, {
    hint: 'certutil -schema lists the columns',
  });
}

export function dispositionIs(disposition: number): Restriction {
  return { column: 'Request.Disposition', operator: '=', value: disposition };
}
