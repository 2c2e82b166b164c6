import type { CertificateStore, CrlEntry, DamagedEntry, StoreEntry } from '#certstore/ports/certificate-store';
import { formatHresult } from '#hresult/format';
import { hresult } from '#hresult/hresult-error';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { crlLines } from './store/crl-listing.ts';
import { damagedNamed } from './store/damaged.ts';
import { openKeyPlace } from './store/key-place.ts';
import { printEntries } from './store/print-entries.ts';
import { dateStyle } from './text/date-style.ts';

/**
 * `certutil -store [Store [CertId [OutFile]]]`: CA where no store is given; `*` or no CertId are all. What is damaged is named
 * behind what could be read.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, console, options, out } = context;
  const [storeToken = 'CA', certId, outFile] = args;
  const { stores } = await openKeyPlace(context);
  const store = stores.open(storeToken);
  const { entries, crls, damaged } = await find(store, certId);
  const style = dateStyle(options);
  await printEntries(context, store, entries, storeToken);
  for (const [i, crl] of crls.entries()) {
    if (i + entries.length > 0) out();
    for (const line of crlLines(crl, style)) out(line);
  }
  for (const { error } of damaged) out(`ERROR: ${error.detail ?? error.message} ${formatHresult(error.hresult)}`);
  if (certId !== undefined && entries.length + crls.length + damaged.length === 0) {
    throw hresult('NTE_NOT_FOUND', `The store ${store.name} has nothing that is ${certId}.`, {
      hint: 'without CertId everything in the store is listed; -user shows your own stores',
    });
  }
  if (outFile !== undefined) {
    await console.writeFile(outFile, only(entries, crls), { overwrite: options.has('f') });
  }
  return {
    store: store.name,
    certificates: entries.map(certificateJson),
    crls: crls.map(({ index, thumbprint, crl }) => ({ index, thumbprint, issuer: formatName(crl.tbsCertList.issuer) })),
    damaged: damaged.map(({ kind, thumbprint, error }) => {
      return { kind, thumbprint, symbol: error.symbol, detail: error.detail };
    }),
    file: outFile,
  };
}

async function find(
  store: CertificateStore,
  certId: string | undefined,
): Promise<{
  readonly entries: readonly StoreEntry[];
  readonly crls: readonly CrlEntry[];
  readonly damaged: readonly DamagedEntry[];
}> {
  const damaged = await store.listDamaged();
  // Archived entries are shown where they are named, as Windows does.
  if (certId !== undefined && certId !== '*') {
    const found = { entries: await store.find(certId), crls: await store.findCrls(certId), damaged: [] };
    const named = damagedNamed(damaged, certId);
    if (named) throw named.error;
    return found;
  }
  const entries = (await store.list()).filter(({ properties }) => !properties.archived);
  return { entries, crls: await store.listCrls(), damaged };
}

/** Throws TYPE_E_AMBIGUOUSNAME for several: the file holds one. */
function only(entries: readonly StoreEntry[], crls: readonly CrlEntry[]): Uint8Array {
  const [first, ...others] = [...entries.map(({ certificate }) => certificate.raw), ...crls.map(({ crl }) => crl.raw)];
  if (first && others.length === 0) return first;
  throw hresult('TYPE_E_AMBIGUOUSNAME', `${entries.length + crls.length} entries for one file.`, {
    hint: 'Name one by its serial number or hash.',
  });
}

function certificateJson({ index, thumbprint, certificate, properties }: StoreEntry) {
  const { serialNumber, subject, issuer, validity } = certificate.tbsCertificate;
  const { keyProvInfo, friendlyName } = properties;
  return {
    index,
    thumbprint,
    serialNumber: formatSerial(serialNumber),
    subject: formatName(subject),
    issuer: formatName(issuer),
    notBefore: validity.notBefore.toISOString(),
    notAfter: validity.notAfter.toISOString(),
    friendlyName,
    key: keyProvInfo && { ...keyProvInfo },
  };
}
