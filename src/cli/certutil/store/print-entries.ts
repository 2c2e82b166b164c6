import type { CertificateStore, StoreEntry } from '#certstore/ports/certificate-store';
import type { CertutilContext } from '../context.ts';
import { printCertificate } from '../dump/certificate.ts';
import { Page } from '../dump/page.ts';
import { dateStyle } from '../text/date-style.ts';
import { verboseKeyLines, withStoredKey } from './key-listing.ts';
import { listingPorts } from './key-place.ts';
import { type StoreListingPorts, storeHeading, storeListing } from './listing.ts';
import { propertyLines } from './property-lines.ts';

/**
 * What -store, -exportPFX and -repairstore print of entries: with -v the certificate, its properties and its key whole. Without
 * `storeToken` the line that names the store is left out, as -dump does.
 */
export async function printEntries(
  context: CertutilContext,
  store: CertificateStore,
  entries: readonly StoreEntry[],
  storeToken?: string,
): Promise<void> {
  const { options, out } = context;
  const ports = await listingPorts(context);
  const style = dateStyle(options);
  if (storeToken !== undefined) out(storeHeading(store, storeToken));
  if (!options.has('v')) {
    const [, ...lines] = await storeListing(store, entries, ports, style);
    for (const line of lines) out(line);
    return;
  }
  const page = new Page(ports, { ...style, verbose: true }, out);
  for (const [i, entry] of entries.entries()) {
    if (i > 0) out();
    await printEntry(page, entry, ports, store.isMachineStore);
  }
}

async function printEntry(
  page: Page,
  entry: StoreEntry,
  ports: StoreListingPorts,
  isMachineStore: boolean,
): Promise<void> {
  page.line(`================ Certificate ${entry.index} ================`);
  await printCertificate(page, entry.certificate);
  page.line();
  const properties = await withStoredKey(entry, ports, (_info, key) =>
    propertyLines(entry, key && 'sign' in key ? key : undefined, ports.engine, isMachineStore),
  );
  for (const line of properties) page.line(line);
  for (const line of await verboseKeyLines(entry, ports, page.style)) page.line(line);
}
