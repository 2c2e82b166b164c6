import type { Write } from '../ports.ts';
import { type ApplicationEventId, applicationEvent } from './application-events.ts';
import type { AuditContext } from './audit.ts';

/** CERTLOG_VERBOSE: what goes right is in the application log from this LogLevel on; by default, 3, only what does not. */
const VERBOSE = 4;

/** The write of an event that LogLevel leaves out unless somebody asks for it. */
export function verboseEvent(
  { time, configuration }: Pick<AuditContext, 'time' | 'configuration'>,
  eventId: ApplicationEventId,
  ...variables: readonly string[]
): readonly Write[] {
  if ((configuration.dword('LogLevel') ?? 3) < VERBOSE) return [];
  return [{ append: 'Events', record: applicationEvent(time, eventId, ...variables) }];
}
