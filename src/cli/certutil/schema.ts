import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { schemaLines } from './view/schema-lines.ts';
import { columnsOf, viewKind } from './view/view-columns.ts';

/** `certutil -schema [Ext|Attrib|CRL]`. */
export async function run({ args, out }: CertutilContext): Promise<Json> {
  const word = args[0];
  const table = word === undefined ? 'Requests' : viewKind(word)?.table;
  if (table === undefined || (word !== undefined && table === 'Requests')) {
    throw hresult('ERROR_INVALID_PARAMETER', `"${word}" names no table.`, { hint: 'one of Ext, Attrib, CRL' });
  }
  const columns = columnsOf(table);
  for (const line of schemaLines(columns)) out(line);
  return columns.map(({ printedName, column: { displayName, type, maxLength, indexed } }) => ({
    name: printedName,
    displayName,
    type,
    maxLength,
    indexed,
  }));
}
