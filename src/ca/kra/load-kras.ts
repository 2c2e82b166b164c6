/** Loading key recovery agents at service start: document 004, "Loading KRA Certificates". The CA starts all the same. */
import { HresultError, hresult } from '#hresult/hresult-error';
import { type Certificate, decodeCertificate } from '#pki/x509/certificate';
import { formatName } from '#pki/x509/name-text';
import type { KraCertificateInfo } from '../api.ts';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import type { EventRecord } from '../audit/event-record.ts';
import type { Authority } from '../authority.ts';
import { readConfiguration } from '../config/configuration.ts';
import { plainHash } from '../config/plain-hash.ts';
import type { CaDatabase } from '../ports.ts';
import { KRA_DISP, kraDispositionOf, requireValidKra } from './check-kra.ts';
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
  const checked = await checkEach(authority, hashes);
  const valid = checked.filter(isUsable);
  const events: EventRecord[] = [];
  for (const each of checked) if (each.error) events.push(await unusable(authority, each, each.error, now));
  if (valid.length < used) {
    const error = checked.find((each) => each.error)?.error ?? hresult('CERTSRV_E_NO_VALID_KRA');
    events.push(applicationEvent(now, 82, String(valid.length), String(used)), cannotLoad(now, error));
  }
  return { valid, used, events };
}

function isUsable(checked: Checked): checked is Checked & LoadedKra {
  return checked.certificate !== undefined && checked.error === undefined;
}

/** The global event, which stands beside those of single certificates. */
function cannotLoad(now: Date, error: HresultError): EventRecord {
  return applicationEvent(now, 83, statusText(error));
}

async function unusable(
  { ports: { database } }: Starting,
  { index, thumbprint, certificate }: Checked,
  error: HresultError,
  now: Date,
): Promise<EventRecord> {
  const named = certificate ?? (await issuedCertificate(database, thumbprint));
  const subject = named ? formatName(named.tbsCertificate.subject) : '';
  return applicationEvent(now, certificate ? 84 : 85, String(index), subject, statusText(error));
}

/** One that is in no store any more, out of the CA's own records. */
async function issuedCertificate(database: CaDatabase, thumbprint: string): Promise<Certificate | undefined> {
  for await (const row of database.view({
    table: 'Requests',
    columns: ['RawCertificate'],
    restrictions: [{ column: 'CertificateHash', operator: '=', value: thumbprint }],
    limit: 1,
  })) {
    const raw = row.get('RawCertificate');
    if (raw instanceof Uint8Array) return decodeCertificate(raw);
  }
  return undefined;
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
    const thumbprint = plainHash(written);
    const isRepeated = checked.some((earlier) => earlier.thumbprint === thumbprint);
    const certificate = isRepeated ? undefined : stored.get(thumbprint);
    const error = certificate
      ? await faultOf(() => requireValidKra({ ports, certificates }, certificate))
      : missing(index, thumbprint, isRepeated);
    checked.push({ index, thumbprint, certificate, error });
  }
  return checked;
}

function missing(index: number, thumbprint: string, isRepeated: boolean): HresultError {
  if (isRepeated) return hresult('ERROR_INVALID_DATA', `Entry ${index} of CA\\KRACertHash repeats an earlier one.`);
  if (/^[0-9a-f]{40}$/.test(thumbprint))
    return hresult('CRYPT_E_NOT_FOUND', `${thumbprint} is not in the machine's KRA store.`);
  return hresult('ERROR_INVALID_DATA', `Entry ${index} of CA\\KRACertHash is no SHA-1 hash.`);
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
  const value = configuration.value('KRACertHash');
  const hashes = value?.type === 'REG_MULTI_SZ' ? value.data : [];
  try {
    const checked = await checkEach(authority, hashes);
    return checked.map(({ index, thumbprint, certificate, error }) => ({
      index,
      thumbprint,
      certificate: certificate?.raw,
      state: stateOf(error, loaded.has(thumbprint)),
    }));
  } catch (error) {
    if (!(error instanceof HresultError)) throw error;
    // The store itself cannot be read, which is no reason to tell nothing else of the CA.
    return hashes.map((written, index) => {
      return { index, thumbprint: plainHash(written), certificate: undefined, state: kraDispositionOf(error) };
    });
  }
}

function stateOf(error: HresultError | undefined, isLoaded: boolean): number {
  if (error !== undefined) return kraDispositionOf(error);
  return isLoaded ? KRA_DISP.VALID : KRA_DISP.NOTLOADED;
}
