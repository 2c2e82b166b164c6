import type {
  CertificateStore,
  CrlEntry,
  CtlEntry,
  DamagedEntry,
  StoreEntry,
} from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';
import type { OptionValues } from '../io/option.ts';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import type { CertutilOption } from './options.ts';
import { crlLines } from './store/crl-listing.ts';
import { ctlLines, ctlName } from './store/ctl-listing.ts';
import { damagedLines, damagedNamed } from './store/damaged.ts';
import { openStore } from './store/open-store.ts';
import { outputOf, splitFiles } from './store/output-file.ts';
import { printEntries } from './store/print-entries.ts';
import { dateStyle } from './text/date-style.ts';

/**
 * `certutil -store [Store [CertId [OutFile]]]`: CA where no store is given; `*` or no CertId are all. What is damaged is named
 * behind what could be read.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, console, options, out } = context;
  const [storeToken = 'CA', certId, outFile] = args;
  const store = await openStore(context, storeToken);
  const { entries, crls, ctls, damaged } = await find(store, certId, options);
  const style = dateStyle(options);
  await printEntries(context, store, entries, storeToken);
  const lists = [...crls.map((crl) => crlLines(crl, style)), ...ctls.map((ctl) => ctlLines(ctl, style))];
  for (const [i, lines] of lists.entries()) {
    if (i + entries.length > 0) out();
    for (const line of lines) out(line);
  }
  for (const line of damagedLines(damaged)) out(line);
  if (certId !== undefined && entries.length + lists.length + damaged.length === 0) {
    throw hresult('NTE_NOT_FOUND', `The store ${store.name} has nothing that is ${certId}.`, {
      hint: 'without CertId everything in the store is listed; -user shows your own stores',
    });
  }
  const overwrite = options.has('f');
  if (outFile !== undefined)
    await console.writeFile(outFile, outputOf(outFile, { certificates: entries, crls, ctls }), { overwrite });
  const files = options.has('split') ? splitFiles({ certificates: entries, crls, ctls }) : [];
  for (const { name, content } of files) {
    await console.writeFile(name, content, { overwrite });
    out(`  ${name}`);
  }
  return {
    store: store.name,
    certificates: entries.map(certificateJson),
    crls: crls.map(({ index, thumbprint, crl }) => ({ index, thumbprint, issuer: formatName(crl.tbsCertList.issuer) })),
    ctls: ctls.map(({ index, thumbprint, ctl }) => ({ index, thumbprint, name: ctlName(ctl) })),
    damaged: damaged.map(({ kind, thumbprint, error }) => {
      return { kind, thumbprint, symbol: error.symbol, detail: error.detail };
    }),
    file: outFile,
    files: options.has('split') ? files.map(({ name }) => name) : undefined,
  };
}

async function find(
  store: CertificateStore,
  certId: string | undefined,
  options: OptionValues<CertutilOption>,
): Promise<{
  readonly entries: readonly StoreEntry[];
  readonly crls: readonly CrlEntry[];
  readonly ctls: readonly CtlEntry[];
  readonly damaged: readonly DamagedEntry[];
}> {
  const damaged = await store.listDamaged();
  if (certId !== undefined && certId !== '*') {
    const entries = await store.find(certId);
    const named = damagedNamed(damaged, certId);
    if (named) throw named.error;
    return { entries, crls: await store.findCrls(certId), ctls: await store.findCtls(certId), damaged: [] };
  }
  // Archived entries are shown where they are named, and with -v.
  const entries = (await store.list()).filter(({ properties }) => options.has('v') || !properties.archived);
  return { entries, crls: await store.listCrls(), ctls: await store.listCtls(), damaged };
}

function certificateJson({ index, thumbprint, certificate, properties, physicalStore }: StoreEntry) {
  const { serialNumber, subject, issuer, validity } = certificate.tbsCertificate;
  const { keyProvInfo, friendlyName, archived } = properties;
  return {
    index,
    thumbprint,
    serialNumber: formatSerial(serialNumber),
    subject: formatName(subject),
    issuer: formatName(issuer),
    notBefore: validity.notBefore.toISOString(),
    notAfter: validity.notAfter.toISOString(),
    friendlyName,
    archived,
    physicalStore,
    key: keyProvInfo && { ...keyProvInfo },
  };
}
