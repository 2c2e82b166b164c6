import type { StoreEntry } from '#certstore/ports/certificate-store';
import { hresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { damagedLines, damagedNamed } from './store/damaged.ts';
import { listingPorts } from './store/key-place.ts';
import { entryLines, storeHeading } from './store/listing.ts';
import { openStore, storesOfTrust } from './store/open-store.ts';
import { verdictJson, verdictLines } from './store/verdict.ts';
import { EntryVerifier } from './store/verify-entry.ts';
import { dateStyle } from './text/date-style.ts';

/**
 * `certutil -verifystore Store [CertId]`: each certificate with its key, its chain and its revocation. As under Windows, what
 * is wrong with a certificate is told and does not fail the command.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const { args, options, out } = context;
  const [storeToken, certId] = args as [string, string | undefined];
  const store = await openStore(context, storeToken);
  const named = certId !== undefined && certId !== '*';
  const found = named ? await store.find(certId) : await store.list();
  const entries = found.filter(({ properties }) => named || options.has('v') || !properties.archived);
  const damaged = (await store.listDamaged()).filter(({ kind }) => kind === 'certificate');
  const namedDamaged = named && damagedNamed(damaged, certId);
  if (namedDamaged) throw namedDamaged.error;
  const verifier = await verifierOf(context, storeToken, entries);
  const ports = await listingPorts(context);
  out(storeHeading(store, storeToken));
  const results: Json[] = [];
  for (const [i, entry] of entries.entries()) {
    if (i > 0) out();
    for (const line of await entryLines(entry, ports, dateStyle(options))) out(line);
    const verdict = await verifier.verify(entry);
    for (const line of verdictLines(verdict, { verbose: options.has('v') })) out(line);
    results.push({ index: entry.index, thumbprint: entry.thumbprint, ...verdictJson(verdict) });
  }
  if (!named) for (const line of damagedLines(damaged)) out(line);
  if (named && entries.length === 0) {
    throw hresult('NTE_NOT_FOUND', `The store ${store.name} has no certificate ${certId}.`, {
      hint: 'certutil -store, with -user for your own, lists what is in a store',
    });
  }
  return { store: store.name, certificates: results };
}

async function verifierOf(
  context: CertutilContext,
  storeToken: string,
  entries: readonly StoreEntry[],
): Promise<EntryVerifier> {
  return new EntryVerifier({
    stores: await storesOfTrust(context, storeToken),
    beside: entries.map(({ certificate }) => certificate),
    engine: await context.engine(),
    retriever: await context.retriever(timeoutOf(context.options.value('t'))),
    time: context.clock.now(),
  });
}

/** Throws ERROR_INVALID_PARAMETER. */
function timeoutOf(typed: string | undefined): number | undefined {
  if (typed === undefined) return undefined;
  if (/^[1-9][0-9]{0,8}$/.test(typed)) return Number(typed);
  throw hresult('ERROR_INVALID_PARAMETER', `-t ${typed}: no time to wait.`, { hint: 'milliseconds, as in -t 5000' });
}
