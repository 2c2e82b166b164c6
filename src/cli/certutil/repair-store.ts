import { parseSddl } from '#ca/template/parse-sddl';
import { formatSddl } from '#ca/template/sddl';
import type { CertificateStore, StoreEntry } from '#certstore/ports/certificate-store';
import { hresult, isHresult } from '#hresult/hresult-error';
import type { Json } from '../io/verb.ts';
import type { CertutilContext } from './context.ts';
import { setKeySecurity } from './keys/key-security.ts';
import { applyProperties } from './store/apply-properties.ts';
import { openKeyPlace } from './store/key-place.ts';
import { linkKey } from './store/link-key.ts';
import { openStore } from './store/open-store.ts';
import { printEntries } from './store/print-entries.ts';
import { readPropertyInf } from './store/property-inf.ts';

/**
 * `certutil -repairstore Store CertIdList [PropertyInfFile | SDDL]`: joins each certificate with the key that is its own, wherever
 * that lies or where -csp says; or sets properties out of an INF file; or who may use the key. All certificates or, where
 * anything is wrong, none. Throws NTE_NOT_FOUND for a certificate or key that is not there.
 */
export async function run(context: CertutilContext): Promise<Json> {
  const [storeToken, certIds, change] = context.args as [string, string, string | undefined];
  const place = await openKeyPlace(context);
  const store = await openStore(context, storeToken);
  const entries: StoreEntry[] = [];
  for (const certId of certIds.split(',').map((token) => token.trim())) {
    const found = await store.find(certId);
    if (found.length === 0) {
      throw hresult('NTE_NOT_FOUND', `The store ${store.name} has no certificate ${certId}.`, {
        hint: 'certutil -store, with -user for your own, lists what is in a store',
      });
    }
    entries.push(...found.filter((entry) => !entries.some(({ thumbprint }) => thumbprint === entry.thumbprint)));
  }
  const changed = await changeEntries(context, place, store, entries, change);
  const after = (await store.list()).filter((entry) => entries.some((one) => one.thumbprint === entry.thumbprint));
  await printEntries(context, store, after, storeToken);
  return {
    store: store.name,
    ...changed,
    certificates: after.map(({ index, thumbprint, properties: { keyProvInfo } }) => ({
      index,
      thumbprint,
      key: keyProvInfo && { ...keyProvInfo },
    })),
  };
}

/** `D:P(A;;GAGR;;;BA)`, and no path such as `D:\keys.inf`. */
function isSddl(text: string): boolean {
  return /^[OGDS]:[^\\/]*\(/i.test(text);
}

async function changeEntries(
  context: CertutilContext,
  place: Awaited<ReturnType<typeof openKeyPlace>>,
  store: CertificateStore,
  entries: readonly StoreEntry[],
  change: string | undefined,
): Promise<{ readonly [name: string]: Json | undefined }> {
  const { console, options } = context;
  if (change === undefined) {
    await linkKey(store, entries, place, { csp: options.value('csp') });
    return {};
  }
  if (isSddl(change)) {
    const securityDescriptor = formatSddl(parseSddl(change, await domainSid(context)));
    await setKeySecurity(entries, securityDescriptor, (machineKeyset) => context.providers(machineKeyset));
    return { securityDescriptor };
  }
  const inf = readPropertyInf(await readInf(console, change), change);
  const force = options.has('f');
  await applyProperties(store, entries, inf, { force, providers: (machine) => context.providers(machine) });
  return { properties: inf.changes.map(({ id }) => id) };
}

/** What is no file may be meant as a descriptor. */
async function readInf(console: CertutilContext['console'], file: string): Promise<Uint8Array> {
  try {
    return await console.readFile(file);
  } catch (error) {
    if (!isHresult(error, 'ERROR_FILE_NOT_FOUND') || !/^[OGDS]:/i.test(file)) throw error;
    throw hresult('ERROR_FILE_NOT_FOUND', file, {
      hint: 'it is no file, and no security descriptor such as D:P(A;;GA;;;SY)(A;;GA;;;BA)',
      cause: error,
    });
  }
}

/** Undefined on a machine without a domain: groups of one then have no letters. */
async function domainSid({ directory }: CertutilContext): Promise<string | undefined> {
  try {
    return (await directory()).domain.sid;
  } catch (error) {
    if (isHresult(error, 'ERROR_NO_SUCH_DOMAIN')) return undefined;
    throw error;
  }
}
