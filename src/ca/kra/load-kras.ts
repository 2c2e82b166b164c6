/** Loading key recovery agents at service start: document 004, "Loading KRA Certificates". The CA starts all the same. */
import { HresultError, hresult } from '#hresult/hresult-error';
import { formatName } from '#pki/x509/name-text';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import type { EventRecord } from '../audit/event-record.ts';
import type { Authority } from '../authority.ts';
import { type CheckedKra, checkListed } from './check-listed.ts';
import { issuedAgent } from './issued-agent.ts';
import type { LoadedKra } from './kra-ring.ts';
import { kraStore } from './kra-store.ts';

type Starting = Pick<Authority, 'ports' | 'certificates' | 'started'>;

export interface LoadedKras {
  readonly valid: readonly LoadedKra[];
  /** KRACertCount; 0 where archival is off. */
  readonly used: number;
  readonly events: readonly EventRecord[];
}

/** An empty list switches archival off as a count of 0 does. Whatever is wrong with the agents, the service starts. */
export async function loadKras(authority: Starting): Promise<LoadedKras> {
  const now = authority.ports.clock.now();
  try {
    const used = authority.started.dword('KRACertCount') ?? 0;
    if (used === 0) return { valid: [], used, events: [] };
    const hashes = authority.started.strings('KRACertHash');
    if (hashes.length === 0) {
      const error = hresult('ERROR_FILE_NOT_FOUND', 'CA\\KRACertHash names no key recovery certificate.');
      return { valid: [], used: 0, events: [cannotLoad(now, error)] };
    }
    return await loadListed(authority, hashes, used, now);
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    return { valid: [], used: 1, events: [cannotLoad(now, error)] };
  }
}

async function loadListed(
  authority: Starting,
  hashes: readonly string[],
  used: number,
  now: Date,
): Promise<LoadedKras> {
  const checked = await checkListed(authority, hashes, await kraStore(authority.ports));
  const valid = checked.filter(isUsable);
  const events: EventRecord[] = [];
  for (const each of checked) if (each.error) events.push(await unusable(authority, each, each.error, now));
  if (valid.length < used) {
    const error = checked.find((each) => each.error)?.error ?? hresult('CERTSRV_E_NO_VALID_KRA');
    events.push(applicationEvent(now, 82, String(valid.length), String(used)), cannotLoad(now, error));
  }
  return { valid, used, events };
}

function isUsable(checked: CheckedKra): checked is CheckedKra & LoadedKra {
  return checked.certificate !== undefined && checked.error === undefined;
}

/** The global event, which stands beside those of single certificates. */
function cannotLoad(now: Date, error: HresultError): EventRecord {
  return applicationEvent(now, 83, statusText(error));
}

async function unusable(
  { ports: { database } }: Starting,
  { index, thumbprint, certificate }: CheckedKra,
  error: HresultError,
  now: Date,
): Promise<EventRecord> {
  const named = certificate ?? (await issuedAgent(database, thumbprint));
  const subject = named ? formatName(named.tbsCertificate.subject) : '';
  return applicationEvent(now, certificate ? 84 : 85, String(index), subject, statusText(error));
}
