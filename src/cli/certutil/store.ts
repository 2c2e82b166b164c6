import type { CertificateStore } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import type { OptionValues } from '../io/option.ts';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import type { CertutilOption } from './options.ts';
import { damagedNamed } from './store/damaged.ts';
import { type Found, foundJson, printFound } from './store/found.ts';
import { openStore } from './store/open-store.ts';
import { outputOf, splitFiles } from './store/output-file.ts';

/**
 * `certutil -store [Store [CertId [OutFile]]]`: CA where no store is given; `*` or no CertId are all. What is damaged is named
 * behind what could be read.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, console, options, out } = context;
  const [storeToken = 'CA', certId, outFile] = args;
  const store = await openStore(context, storeToken);
  const found = await find(store, certId, options);
  const { certificates, crls, ctls, damaged } = found;
  await printFound(context, store, found, storeToken);
  if (certId !== undefined && certificates.length + crls.length + ctls.length + damaged.length === 0) {
    throw hresult('NTE_NOT_FOUND', `The store ${store.name} has nothing that is ${certId}.`, {
      hint: 'without CertId everything in the store is listed; -user shows your own stores',
    });
  }
  const overwrite = options.has('f');
  if (outFile !== undefined) await console.writeFile(outFile, outputOf(outFile, store, found), { overwrite });
  const files = options.has('split') ? splitFiles(found) : [];
  for (const { name, content } of files) {
    await console.writeFile(name, content, { overwrite });
    out(`  ${name}`);
  }
  return {
    ...foundJson(store, found),
    file: outFile,
    files: options.has('split') ? files.map(({ name }) => name) : undefined,
  };
}

async function find(
  store: CertificateStore,
  certId: string | undefined,
  options: OptionValues<CertutilOption>,
): Promise<Found> {
  const damaged = await store.listDamaged();
  if (certId !== undefined && certId !== '*') {
    const certificates = await store.find(certId);
    const named = damagedNamed(damaged, certId);
    if (named) throw named.error;
    return { certificates, crls: await store.findCrls(certId), ctls: await store.findCtls(certId), damaged: [] };
  }
  // Archived entries are shown where they are named, and with -v.
  const certificates = (await store.list()).filter(({ properties }) => options.has('v') || !properties.archived);
  return { certificates, crls: await store.listCrls(), ctls: await store.listCtls(), damaged };
}
