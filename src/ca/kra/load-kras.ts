/** Loading key recovery agents at service start: document 004, "Event 83" and its neighbours. The CA starts all the same. */
import { HresultError } from '#hresult/hresult-error';
import type { Certificate } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import type { KraCertificateInfo } from '../api.ts';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import type { EventRecord } from '../audit/event-record.ts';
import type { Authority } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { KRA_DISP, kraDispositionOf, requireValidKra } from './check-kra.ts';
import type { LoadedKra } from './kra-ring.ts';
import { kraStore } from './kra-store.ts';

/** Warned about this long before the end. */
const EXPIRES_SOON = 30 * 86_400_000;

type Starting = Pick<Authority, 'ports' | 'certificates' | 'started'>;

export interface LoadedKras {
  readonly valid: readonly LoadedKra[];
  /** KRACertCount; 0 where archival is off. */
  readonly used: number;
  readonly events: readonly EventRecord[];
}

/** An empty list switches archival off as a count of 0 does. Whatever is wrong with the agents, the service starts. */
export async function loadKras(authority: Starting): Promise<LoadedKras> {
  const used = authority.started.dword('KRACertCount') ?? 0;
  const hashes = authority.started.strings('KRACertHash');
  if (used === 0 || hashes.length === 0) return { valid: [], used: 0, events: [] };
  const now = authority.ports.clock.now();
  try {
    const checked = await checkEach(authority, hashes);
    const valid = checked.filter(isUsable);
    const events = checked.flatMap((each) => eventsOf(each, now));
    if (valid.length < used) events.push(applicationEvent(now, 82, String(valid.length), String(used)));
    return { valid, used, events };
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    return { valid: [], used, events: [applicationEvent(now, 83, statusText(error))] };
  }
}

function isUsable(checked: Checked): checked is Checked & LoadedKra {
  return checked.certificate !== undefined && checked.error === undefined;
}

function eventsOf({ index, thumbprint, certificate, error }: Checked, now: Date): EventRecord[] {
  const number = String(index);
  if (certificate === undefined) return [applicationEvent(now, 85, number, thumbprint, statusText(error!))];
  const { subject, validity } = certificate.tbsCertificate;
  if (error) return [applicationEvent(now, 84, number, formatName(subject), statusText(error))];
  if (validity.notAfter.getTime() - now.getTime() >= EXPIRES_SOON) return [];
  return [applicationEvent(now, 127, number, formatName(subject), validity.notAfter.toISOString())];
}

interface Checked {
  readonly index: number;
  readonly thumbprint: string;
  readonly certificate: Certificate | undefined;
  readonly error: HresultError | undefined;
}

async function checkEach(
  { ports, certificates }: Pick<Starting, 'ports' | 'certificates'>,
  hashes: readonly string[],
): Promise<Checked[]> {
  const stored = await kraStore(ports);
  const checked: Checked[] = [];
  for (const [index, written] of hashes.entries()) {
    const thumbprint = written.replaceAll(' ', '').toLowerCase();
    const certificate = stored.get(thumbprint);
    const error = certificate
      ? await faultOf(() => requireValidKra({ ports, certificates }, certificate))
      : new HresultError('CRYPT_E_NOT_FOUND', `${thumbprint} is not in the machine's KRA store.`);
    checked.push({ index, thumbprint, certificate, error });
  }
  return checked;
}

async function faultOf(check: () => Promise<void>): Promise<HresultError | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (error instanceof HresultError) return error;
    throw error;
  }
}

/** The state of each configured agent as the Recovery Agents page shows it: those chosen since the start are not loaded. */
export async function kraStates(authority: Authority): Promise<readonly KraCertificateInfo[]> {
  const configuration = await readConfiguration(authority.ports.database);
  const loaded = new Set(authority.kraRing.valid.map(({ thumbprint }) => thumbprint));
  const checked = await checkEach(authority, configuration.strings('KRACertHash'));
  return checked.map(({ index, thumbprint, certificate, error }) => ({
    index,
    thumbprint,
    certificate: certificate?.raw,
    state: stateOf(certificate, error, loaded.has(thumbprint)),
  }));
}

function stateOf(certificate: Certificate | undefined, error: HresultError | undefined, isLoaded: boolean): number {
  if (certificate === undefined) return KRA_DISP.NOTFOUND;
  if (error !== undefined) return kraDispositionOf(error);
  return isLoaded ? KRA_DISP.VALID : KRA_DISP.NOTLOADED;
}
