/** Security events as writes: they go into the same unit of work as what they tell of. */
import type { Configuration } from '../config/configuration.ts';
import type { Write } from '../ports.ts';
import { ALWAYS, SECURITY_EVENTS, type SecurityEventName } from './security-events.ts';

export interface AuditContext {
  readonly time: Date;
  readonly subject: string;
  readonly configuration: Configuration;
}

/**
 * The write that records the event, or none where AuditFilter leaves its group out. `values` stand in the order of the
 * event's fields.
 */
export function audit(
  context: AuditContext,
  name: SecurityEventName,
  values: readonly (string | number)[],
  outcome: 'success' | 'failure' = 'success',
): readonly Write[] {
  const { id, filter, fields } = SECURITY_EVENTS[name];
  if (filter !== ALWAYS && !context.configuration.hasFlag('AuditFilter', filter)) return [];
  return [
    {
      append: 'Audit',
      record: {
        time: context.time,
        eventId: id,
        subject: context.subject,
        outcome,
        fields: fields.map((field, index) => [field, String(values[index] ?? '')] as const),
      },
    },
  ];
}
