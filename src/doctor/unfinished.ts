/** Work that was begun and not ended, and how the CA's service fares. */

import type { EventRecord } from '#ca/audit/event-record';
import type { Configuration } from '#ca/config/configuration';
import { outstandingRenewal } from '#ca/renew/outstanding';
import { isThere } from '#files/durable-file';
import { type Diagnosis, diagnosis } from './finding.ts';
import type { DoctorPorts } from './ports.ts';

export async function unfinishedWork(
  { places }: Pick<DoctorPorts, 'places'>,
  configuration: Configuration,
): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [];
  if (outstandingRenewal(configuration)) {
    const text = 'A renewal of the CA was begun and waits for its key.';
    const cure = 'start the CA, which brings it to its end, or give it up: certutil -f -renewCert';
    found.push(diagnosis('warning', 'renewal-outstanding', text, { cure }));
  }
  if (await isThere(places.journal)) {
    const text = 'A move of keys was begun and has not ended.';
    const cure = 'certhaven migrate keys --resume goes on with it, --undo takes it back';
    found.push(diagnosis('error', 'move-outstanding', text, { symbol: 'ERROR_BUSY', cure }));
  }
  return found;
}

/** A start that failed after the last one that did not. A command that needs the CA starts it too, and writes event 5 or 100 alone. */
export async function serviceState({
  database,
  isRunning,
}: Pick<DoctorPorts, 'database' | 'isRunning'>): Promise<Diagnosis[]> {
  const state = diagnosis('note', 'service', isRunning ? 'The service runs.' : 'The service does not run.', {
    ...(isRunning ? {} : { cure: 'certhaven serve' }),
  });
  if (isRunning) return [state];
  let failure: EventRecord | undefined;
  for await (const event of database.events()) {
    if (event.eventId === 100 || event.eventId === 5) failure = event;
    else if (event.eventId === 26) failure = undefined;
  }
  if (failure === undefined) return [state];
  const text = `${failure.time.toISOString()}: ${failure.text}`;
  return [
    state,
    diagnosis('warning', 'start-failed', text, { cure: 'certutil -ping starts it again, and says what is wrong' }),
  ];
}
