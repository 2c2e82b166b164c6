import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { run as remove } from './del-store.ts';
import { openStore } from './store/open-store.ts';
import { printEntries } from './store/print-entries.ts';

/**
 * `certutil -viewdelstore [Store [CertId [OutFile]]]`: Windows lets somebody choose in a window what is deleted; here what
 * matches is listed, and he is asked for its number, serial number or hash. Throws ERROR_CANCELLED where he names none.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, console, options, isJson } = context;
  const [storeToken = 'CA', certId, outFile] = args;
  const store = await openStore(context, storeToken);
  const entries = certId === undefined || certId === '*' ? await store.list() : await store.find(certId);
  await printEntries(context, store, entries, storeToken);
  if (entries.length === 0) {
    throw hresult('NTE_NOT_FOUND', `The store ${store.name} has nothing to choose from.`, {
      hint: 'certutil -enumstore names the stores; -user shows your own',
    });
  }
  if (options.has('silent'))
    throw hresult('NTE_SILENT_CONTEXT', undefined, { hint: 'certutil -delstore asks nothing' });
  const answer = (await console.prompt('Which one is to be deleted?', { aside: isJson })).trim();
  const chosen = answer === '' ? [] : await store.find(answer);
  const [entry] = chosen.filter(({ thumbprint }) => entries.some((each) => each.thumbprint === thumbprint));
  if (!entry || chosen.length > 1) {
    throw hresult('ERROR_CANCELLED', 'Nothing was deleted.', {
      hint: 'answer with the number, serial number or hash of one',
    });
  }
  if (outFile !== undefined) {
    await console.writeFile(outFile, entry.certificate.raw, { overwrite: options.has('f') });
  }
  return remove({ ...context, args: [storeToken, entry.thumbprint] });
}
