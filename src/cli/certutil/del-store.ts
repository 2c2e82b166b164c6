import { formatName } from '#pki/x509/name-text';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { ctlName } from './store/ctl-listing.ts';
import { damagedNamed } from './store/damaged.ts';
import { storeHeading } from './store/listing.ts';
import { openStore } from './store/open-store.ts';

/**
 * `certutil -delstore Store CertId`: all entries that match; no match is no failure, as under Windows. Keys stay where they
 * are, -delkey removes them.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, out } = context;
  const [storeToken, certId] = args as [string, string];
  const store = await openStore(context, storeToken);
  out(storeHeading(store, storeToken));
  const deleted: string[] = [];
  // First, because a list of the untrusted with a damaged entry is not read at all.
  const damaged = damagedNamed(await store.listDamaged(), certId);
  if (damaged) {
    out(`Deleting what is damaged: ${damaged.thumbprint}`);
    if (await store.removeDamaged(damaged)) deleted.push(damaged.thumbprint);
    return { store: store.name, deleted };
  }
  for (const entry of await store.find(certId)) {
    out(`Deleting Certificate ${entry.index}: ${formatName(entry.certificate.tbsCertificate.subject)}`);
    if (await store.remove(entry)) deleted.push(entry.thumbprint);
  }
  for (const entry of await store.findCrls(certId)) {
    out(`Deleting CRL ${entry.index}: ${formatName(entry.crl.tbsCertList.issuer)}`);
    if (await store.removeCrl(entry)) deleted.push(entry.thumbprint);
  }
  for (const entry of await store.findCtls(certId)) {
    out(`Deleting CTL ${entry.index}: ${ctlName(entry.ctl)}`);
    if (await store.removeCtl(entry)) deleted.push(entry.thumbprint);
  }
  return { store: store.name, deleted };
}
