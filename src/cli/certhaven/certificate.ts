import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import { copyCertificate } from './certificate/copy.ts';
import { exportCertificate } from './certificate/export.ts';
import { importFile } from './certificate/import.ts';
import { listCertificates } from './certificate/list.ts';
import type { CommandContext } from './context.ts';

/** `certhaven certificate`: the certificate export and import wizards of Windows, and what its snap-in copies and moves. */
export async function run(context: CommandContext): Promise<Json> {
  const [word, first, second, ...rest] = context.arguments;
  if (rest.length === 0) {
    if (word === 'list' && first === undefined) return listCertificates(context);
    if (word === 'export' && first !== undefined && second !== undefined)
      return exportCertificate(context, first, second);
    if (word === 'import' && first !== undefined && second === undefined) return importFile(context, first);
    if ((word === 'copy' || word === 'move') && first !== undefined && second === undefined) {
      return copyCertificate(context, word, first);
    }
  }
  throw hresult('ERROR_INVALID_PARAMETER', 'It says not what to do with which certificate.', {
    hint: 'certhaven certificate list, export CERTID FILE, import FILE, copy CERTID or move CERTID',
  });
}
