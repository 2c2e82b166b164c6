/**
 * What a running CA tells of the agents it loaded as their certificates come to an end: document 004, events 127, 84 and 98.
 * Each is told once; revocation is looked at when the CA starts, and only then ("Enabling a Key Recovery Agent").
 */
import { hresult } from '#hresult/hresult-error';
import { formatName } from '#pki/x509/name-text';
import { applicationEvent, statusText } from '../audit/application-events.ts';
import type { EventRecord } from '../audit/event-record.ts';
import type { Authority } from '../authority.ts';
import type { KraRing, LoadedKra } from './kra-ring.ts';

/** Warned about this long before the end. */
const EXPIRES_SOON = 30 * 86_400_000;

export class KraWatch {
  readonly #ring: KraRing;
  readonly #warned = new Set<number>();
  readonly #ended = new Set<number>();
  #isShort: boolean;

  constructor(ring: KraRing) {
    this.#ring = ring;
    // A CA that starts with too few of them says so itself, with event 82.
    this.#isShort = ring.valid.length < ring.used;
  }

  /** The events that have become due. */
  events(now: Date): EventRecord[] {
    if (this.#ring.used === 0) return [];
    const events = this.#ring.valid.flatMap((agent) => this.#eventsOf(agent, now));
    if (!this.#isShort && this.#ring.usable(now).length < this.#ring.used) {
      this.#isShort = true;
      events.push(applicationEvent(now, 98));
    }
    return events;
  }

  #eventsOf({ index, certificate }: LoadedKra, now: Date): EventRecord[] {
    const { subject, validity } = certificate.tbsCertificate;
    const end = validity.notAfter.getTime();
    const [id, told] = end < now.getTime() ? ([84, this.#ended] as const) : ([127, this.#warned] as const);
    if (end - now.getTime() >= EXPIRES_SOON || told.has(index)) return [];
    told.add(index);
    // Both print the error that the certificate has, or will have.
    const error = hresult('CERT_E_EXPIRED', `It ends on ${validity.notAfter.toISOString()}.`);
    return [applicationEvent(now, id, String(index), formatName(subject), statusText(error))];
  }
}

/** Before each archival. Throws as KraRing.requireReady, once the log has it. */
export async function requireReadyKras({
  ports: { clock, database },
  kraRing,
  kraWatch,
}: Pick<Authority, 'ports' | 'kraRing' | 'kraWatch'>): Promise<void> {
  const now = clock.now();
  const events = kraWatch.events(now);
  if (events.length > 0) await database.commit(events.map((record) => ({ append: 'Events', record })));
  kraRing.requireReady(now);
}
