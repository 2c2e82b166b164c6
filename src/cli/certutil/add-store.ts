import { decodeCertificateTrustList } from '#pki/cms/certificate-trust-list';
import { decodeCertificate } from '#pki/x509/certificate';
import { decodeCertificateList } from '#pki/x509/certificate-list';
import { endsInRoot } from '#recover/chain';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { certificateName, shortName } from './store/certificate-name.ts';
import { ctlName } from './store/ctl-listing.ts';
import { readStoreFile } from './store/file.ts';
import { storeHeading } from './store/listing.ts';
import { openStore } from './store/open-store.ts';

/** `certutil -addstore Store InFile`. */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, console, out } = context;
  const [storeToken, file] = args as [string, string];
  const store = await openStore(context, storeToken);
  const engine = await context.engine();
  // Everything is read before anything is added: a damaged file changes nothing.
  const { certificates, crls, ctls } = readStoreFile(await console.readFile(file));
  const lists = crls.map(decodeCertificateList);
  const trustLists = ctls.map(decodeCertificateTrustList);
  out(storeHeading(store, storeToken));
  const added: { readonly name: string; readonly result: string }[] = [];
  for (const certificate of certificates.map(decodeCertificate)) {
    if (await endsInRoot([certificate], engine)) out('Signature matches Public Key');
    const name = certificateName(certificate);
    const result = await store.add(certificate.raw);
    out(`Certificate "${name}" ${result === 'added' ? 'added to store' : result}.`);
    added.push({ name, result });
  }
  for (const { raw, tbsCertList } of lists) {
    const name = shortName(tbsCertList.issuer);
    const result = await store.addCrl(raw);
    out(`CRL "${name}" ${result === 'added' ? 'added to store' : result}.`);
    added.push({ name, result });
  }
  for (const ctl of trustLists) {
    const name = ctlName(ctl);
    const result = await store.addCtl(ctl.raw);
    out(`CTL "${name}" ${result === 'added' ? 'added to store' : result}.`);
    added.push({ name, result });
  }
  return { store: store.name, added };
}
