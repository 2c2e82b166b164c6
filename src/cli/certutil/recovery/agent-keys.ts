/** Where a recovery agent's key may be: found by the recipient a BLOB names, whatever store and provider holds it. */
import type { KeyProvInfo, StoreEntry } from '#certstore/ports/certificate-store';
import { type HresultError, isHresult } from '#hresult/hresult-error';
import { isSameBytes } from '#pki/asn1/bytes';
import { identifiesCertificate } from '#pki/cms/certificate-match';
import type { RecipientIdentifier } from '#pki/cms/recipient-info';
import type { ProviderKey } from '#pki/crypto/key-provider';
import type { Certificate } from '#pki/x509/certificate';
import type { RecipientKey } from '#recover/ports';
import type { CertutilContext } from '../context.ts';
import { isKeyMissing, openStoredKey } from '../store/stored-key.ts';

/** A key that would have opened the BLOB and was left alone, because -csp names another provider. */
export interface PassedOver {
  readonly certificate: StoreEntry['certificate'];
  readonly provider: string;
}

/** A key that would have opened the BLOB, in a device that is not there. */
export interface Unreachable {
  readonly certificate: StoreEntry['certificate'];
  /** NTE_DEVICE_NOT_READY. */
  readonly error: HresultError;
}

export interface AgentKeys {
  /** `recipient` is his certificate where it is known: any other of the same key will do. */
  find(rid: RecipientIdentifier, recipient?: Certificate): Promise<RecipientKey | undefined>;
  readonly passedOver: readonly PassedOver[];
  readonly unreachable: readonly Unreachable[];
}

/** Keys that are opened once for however many BLOBs: to open one takes as long as several recoveries. */
export interface KeptAgentKeys extends AgentKeys {
  /** Drops the handles; to close what `find` answered does nothing. */
  close(): Promise<void>;
}

/**
 * The document has the logged-on user's store searched; agents that recover on a machine of their own keep their key in the
 * machine's. So both are searched, the user's first, whether -user is given or not. A provider need not be named, of whatever
 * kind the key is; where -csp names one, only its keys are used.
 */
export async function agentKeys(context: Searched): Promise<AgentKeys> {
  return search(context, async (_, open) => {
    const key = await open();
    return key && { key, close: () => key.close() };
  });
}

/** The same for a batch. */
export async function keptAgentKeys(context: Searched): Promise<KeptAgentKeys> {
  const kept = new Map<StoreEntry, Promise<ProviderKey | undefined>>();
  const keys = await search(context, async (entry, open) => {
    if (!kept.has(entry)) kept.set(entry, open());
    const key = await kept.get(entry);
    return key && { key, close: () => undefined };
  });
  return {
    ...keys,
    async close() {
      for (const opened of await Promise.allSettled(kept.values())) {
        if (opened.status === 'fulfilled') opened.value?.close();
      }
    },
  };
}

type Searched = Pick<CertutilContext, 'options' | 'stores' | 'providers'>;

interface Handle {
  readonly key: ProviderKey;
  close(): void;
}

async function search(
  context: Searched,
  handle: (entry: StoreEntry, open: () => Promise<ProviderKey | undefined>) => Promise<Handle | undefined>,
): Promise<AgentKeys> {
  const wanted = context.options.value('csp');
  const csp = wanted === undefined ? undefined : (await context.providers(!context.options.has('user'))).byName(wanted);
  const entries = await agentEntries(context);
  const passedOver: PassedOver[] = [];
  const unreachable: Unreachable[] = [];
  const open = async ({ certificate }: StoreEntry, info: KeyProvInfo): Promise<ProviderKey | undefined> => {
    const key = await openAtHand(info, context, (error) => unreachable.push({ certificate, error }));
    if (!key || csp === undefined || key.provider === csp.name) return key;
    passedOver.push({ certificate, provider: key.provider });
    key.close();
    return undefined;
  };
  return {
    passedOver,
    unreachable,
    async find(rid, recipient) {
      for (const entry of entries) {
        const { certificate, properties } = entry;
        const info = properties.keyProvInfo;
        if (!info || !(identifiesCertificate(rid, certificate) || isSameKey(certificate, recipient))) continue;
        const found = await handle(entry, () => open(entry, info));
        if (found) return { certificate, decrypter: found.key, close: found.close };
      }
      return undefined;
    },
  };
}

function isSameKey(certificate: Certificate, other: Certificate | undefined): boolean {
  const key = other?.tbsCertificate.subjectPublicKeyInfo.raw;
  return key !== undefined && isSameBytes(certificate.tbsCertificate.subjectPublicKeyInfo.raw, key);
}

async function agentEntries({
  options,
  stores,
}: Pick<CertutilContext, 'options' | 'stores'>): Promise<readonly StoreEntry[]> {
  const entries: StoreEntry[] = [];
  try {
    entries.push(...(await (await stores(false)).open('My').list()));
  } catch (error) {
    // A recovery station need not belong to a domain; then nobody is signed in, and the machine's stores are all there are.
    const nobody = isHresult(error, 'ERROR_NO_SUCH_DOMAIN') || isHresult(error, 'ERROR_NONE_MAPPED');
    if (options.has('user') || !nobody) throw error;
  }
  const machine = await stores(true);
  for (const name of ['My', 'KRA']) entries.push(...(await machine.open(name).list()));
  return entries;
}

/** Undefined where the certificate's key is gone, or sits in a device that is not there, which `tell` is told. */
async function openAtHand(
  info: KeyProvInfo,
  { providers }: Pick<CertutilContext, 'providers'>,
  tell: (error: HresultError) => void,
): Promise<ProviderKey | undefined> {
  try {
    return await openStoredKey(info, providers);
  } catch (error) {
    if (isHresult(error, 'NTE_DEVICE_NOT_READY')) tell(error);
    if (isKeyMissing(error)) return undefined;
    throw error;
  }
}
