/** What was found in a store, as -store prints it and as a value; -dump does the same of a serialized one. */
import type { CertificateStore, DamagedEntry, StoreEntry } from '#certstore/ports/certificate-store';
import { formatName } from '#pki/x509/name-text';
import { formatSerial } from '#pki/x509/serial-number';
import type { Json } from '../../io/verb.ts';
import type { CertutilContext } from '../context.ts';
import { dateStyle } from '../text/date-style.ts';
import { crlLines } from './crl-listing.ts';
import { ctlLines, ctlName } from './ctl-listing.ts';
import { damagedLines } from './damaged.ts';
import type { Entries } from './output-file.ts';
import { printEntries } from './print-entries.ts';

export interface Found extends Entries {
  readonly damaged: readonly DamagedEntry[];
}

/** Without `storeToken` no line names the store. */
export async function printFound(
  context: CertutilContext,
  store: CertificateStore,
  { certificates, crls, ctls, damaged }: Found,
  storeToken?: string,
): Promise<void> {
  const { options, out } = context;
  const style = dateStyle(options);
  await printEntries(context, store, certificates, storeToken);
  const lists = [...crls.map((crl) => crlLines(crl, style)), ...ctls.map((ctl) => ctlLines(ctl, style))];
  for (const [i, lines] of lists.entries()) {
    if (i + certificates.length > 0) out();
    for (const line of lines) out(line);
  }
  for (const line of damagedLines(damaged)) out(line);
}

export function foundJson(store: CertificateStore, { certificates, crls, ctls, damaged }: Found) {
  return {
    store: store.name,
    certificates: certificates.map(certificateJson),
    crls: crls.map(({ index, thumbprint, crl }) => ({ index, thumbprint, issuer: formatName(crl.tbsCertList.issuer) })),
    ctls: ctls.map(({ index, thumbprint, ctl }) => ({ index, thumbprint, name: ctlName(ctl) })),
    damaged: damaged.map(({ kind, thumbprint, error }): Json => {
      return { kind, thumbprint, symbol: error.symbol, detail: error.detail };
    }),
  };
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
