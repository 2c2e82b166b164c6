import { endsInRoot } from '#recover/chain';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { certificateName, shortName } from './store/certificate-name.ts';
import { ctlName } from './store/ctl-listing.ts';
import { fileEntries, propertiesHere } from './store/file-entries.ts';
import { storeHeading } from './store/listing.ts';
import { openStore } from './store/open-store.ts';

/** `certutil -addstore Store InFile`; -f makes a store that is not there. */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, console, options, out } = context;
  const [storeToken, file] = args as [string, string];
  const store = await openStore(context, storeToken, { create: options.has('f') });
  const engine = await context.engine();
  // Everything is read before anything is added: a damaged file changes nothing.
  const { certificates, crls, ctls } = await fileEntries(context, file, await console.readFile(file));
  out(storeHeading(store, storeToken));
  const added: { readonly name: string; readonly result: string }[] = [];
  for (const entry of certificates) {
    const { certificate } = entry;
    if (await endsInRoot([certificate], engine)) out('Signature matches Public Key');
    const name = certificateName(certificate);
    const properties = await propertiesHere(entry, { keyProviders: (ofMachine) => context.providers(ofMachine) });
    const result = await store.add(certificate.raw, properties);
    out(`Certificate "${name}" ${result === 'added' ? 'added to store' : result}.`);
    added.push({ name, result });
  }
  for (const { crl } of crls) {
    const name = shortName(crl.tbsCertList.issuer);
    const result = await store.addCrl(crl.raw);
    out(`CRL "${name}" ${result === 'added' ? 'added to store' : result}.`);
    added.push({ name, result });
  }
  for (const { ctl } of ctls) {
    const name = ctlName(ctl);
    const result = await store.addCtl(ctl.raw);
    out(`CTL "${name}" ${result === 'added' ? 'added to store' : result}.`);
    added.push({ name, result });
  }
  return { store: store.name, added };
}
